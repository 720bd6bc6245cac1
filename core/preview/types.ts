import type { Diagnostic } from "../language/diagnostic.ts";
import type {
  Ai,
  Attachment,
  Button,
  Channel,
  Compose,
  WhatsAppTemplateSnapshot,
} from "../language/document.ts";
import type { OutgoingTemplate } from "../enrollment/index.ts";

/** An approved template as it is sent, with the parts of it that take no parameters. */
export type PreviewedTemplate = OutgoingTemplate &
  Pick<WhatsAppTemplateSnapshot, "category" | "body" | "header" | "footer" | "buttons">;

/** What one step says, when, and how; the first twelve keys are the machine-readable contract. */
export interface PreviewedStep {
  readonly step: string;
  /** ISO 8601 with the offset of the contact's zone; null where nothing says when. */
  readonly due_at: string | null;
  readonly channel: Channel | null;
  readonly inbox: string | null;
  /** Why this channel; or, in words, why nothing is sent. */
  readonly reason: string | null;
  /** Why nothing is sent, in the engine's own terms; null where it is sent. */
  readonly skipped: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  /** SMS only. */
  readonly segments: number | null;
  readonly template: PreviewedTemplate | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly name: string | null;
  readonly to: string | null;
  /** As authored: `3 business days, at 09:30`. */
  readonly wait: string;
  /** The instant that the wait alone asks for, where the workspace's hours moved the send. */
  readonly moved: { readonly from: string; readonly because: string } | null;
  /** The condition that the step is sent under. */
  readonly if: string | null;
  readonly compose: Compose;
  readonly ai: Ai | null;
  /** SMS only: why it takes so many segments. */
  readonly sms: {
    readonly encoding: "GSM-7" | "UCS-2";
    readonly units: number;
    readonly capacity: number;
    readonly forced_by: readonly string[];
  } | null;
  /** WhatsApp only: what is said instead if its window is `open` or `closed` by then. */
  readonly other_window: {
    readonly window: "open" | "closed";
    readonly text: string | null;
    readonly template: PreviewedTemplate | null;
    /** Why nothing could be said then. */
    readonly reason: string | null;
  } | null;
  readonly buttons: readonly Button[];
  readonly attachments: readonly Attachment[];
}

/** What one sequence says to one person if the enrollment begins at `start`. */
export interface Preview {
  readonly sequence: string;
  readonly persona: string;
  readonly start: string;
  readonly steps: readonly PreviewedStep[];
}
