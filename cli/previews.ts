import { DateTime } from "luxon";
import segments from "sms-segments-calculator";
import {
  compileProgram,
  sampleSituation,
  simulate,
  zoneOf,
  type SimulatedStep,
  type Workspace,
} from "../core/enrollment/index.ts";
import type { CompiledVersion, Persona } from "../core/language/index.ts";

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
  const situation = sampleSituation(persona, workspace, start);
  const zone = zoneOf(workspace, situation.facts);
  return {
    sequence: version.id,
    persona: persona.id,
    start: isoIn(start, zone),
    steps: simulate(program, situation, start).map((step) => shape(step, zone)),
  };
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
