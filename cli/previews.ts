import { DateTime } from "luxon";
import segments from "sms-segments-calculator";
import {
  compileProgram,
  simulate,
  zoneOf,
  type Reach,
  type SimulatedStep,
  type Situation,
  type Workspace,
} from "../core/enrollment/index.ts";
import type { Facts } from "../core/facts.ts";
import { resolvePersona, type CompiledVersion, type Persona } from "../core/language/index.ts";

export interface PreviewedStep {
  readonly step: string;
  /** ISO 8601 with the offset of the contact's zone; null where nothing says when. */
  readonly due_at: string | null;
  readonly channel: string | null;
  readonly inbox: string | null;
  readonly reason: string | null;
  readonly skipped: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly segments: number | null;
  readonly template: object | null;
  readonly diagnostics: readonly string[];
}

export interface Preview {
  readonly sequence: string;
  readonly persona: string;
  readonly start: string;
  readonly steps: readonly PreviewedStep[];
}

/** What one version would say to one persona, if the enrollment began at `start`. */
export function previewOf(
  version: CompiledVersion,
  persona: Persona,
  workspace: Workspace,
  start: number,
): Preview {
  const program = compileProgram(version.document);
  const situation = situate(persona, workspace, start);
  const zone = zoneOf(workspace, situation.facts);
  return {
    sequence: version.id,
    persona: persona.id,
    start: isoIn(start, zone),
    steps: simulate(program, situation, start).map((step) => shape(step, zone)),
  };
}

function situate(persona: Persona, workspace: Workspace, start: number): Situation {
  const { policy } = workspace;
  const facts: Facts = {
    ...resolvePersona(persona, start, policy.timezone),
    workspace: { name: policy.sender.name, address: policy.sender.address },
    enrollment: { id: "preview", started_at: new Date(start).toISOString() },
    unsubscribe_url: workspace.unsubscribeUrl("preview"),
  };
  return { workspace, facts, reach: reachOf(facts) };
}

function reachOf({ contact, conversation }: Facts): Reach {
  const inbox = textOf(conversation?.["inbox"]);
  const last = textOf(conversation?.["last_inbound_at"]);
  const known =
    conversation && inbox
      ? {
          id: textOf(conversation["id"]) ?? "conversation",
          inbox,
          open: conversation["status"] !== "resolved",
          subject: textOf(conversation["subject"]),
        }
      : null;
  return {
    email: textOf(contact["email"]),
    phone: textOf(contact["phone"]),
    suppressed: [],
    lastInbound: inbox && last ? { [inbox]: Date.parse(last) } : {},
    conversation: known,
    latestOpen: known?.open ? known : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function shape({ step, at, message, skipped }: SimulatedStep, zone: string): PreviewedStep {
  const blanks = skipped?.startsWith("held: ") ? [skipped.slice("held: ".length)] : [];
  return {
    step,
    due_at: at === null ? null : isoIn(at, zone),
    channel: message?.channel ?? null,
    inbox: message?.inbox ?? null,
    reason: message?.reason ?? skipped,
    skipped,
    subject: message?.subject ?? null,
    text: message?.text ?? null,
    html: message?.html ?? null,
    segments:
      message?.channel === "sms" ? new segments.SegmentedMessage(message.text).segmentsCount : null,
    template: message?.template ?? null,
    diagnostics: blanks,
  };
}

function isoIn(instant: number, zone: string): string {
  return DateTime.fromMillis(instant, { zone }).toISO({ suppressMilliseconds: true }) ?? "";
}
