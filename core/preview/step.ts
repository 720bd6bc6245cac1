import type { Attachment, Button } from "../language/document.ts";
import type { OutgoingMessage, Program, SimulatedStep, Situation } from "../enrollment/index.ts";
import { smsLength } from "../sms.ts";
import { diagnose } from "./diagnose.ts";
import { movedBy } from "./moved.ts";
import { otherWindow } from "./other-window.ts";
import { isoIn } from "./instants.ts";
import { templateOf } from "./template.ts";
import type { PreviewedStep } from "./types.ts";
import { skipWords, waitWords } from "./words.ts";

/** Buttons and attachments travel with a rich message only. */
type Rich = OutgoingMessage & {
  readonly buttons?: readonly Button[];
  readonly attachments?: readonly Attachment[];
};

/** One simulated step with all that a reviewer asks of it. */
export function shapeStep(
  program: Program,
  simulated: SimulatedStep,
  { base, zone }: { readonly base: number; readonly zone: string },
  situation: Situation,
): PreviewedStep {
  const compiled = program.steps[program.indexOf(simulated.step)];
  if (compiled === undefined) throw new Error(`no step ${simulated.step}`);
  const { step } = compiled;
  const { at, skipped } = simulated;
  const message: Rich | null = simulated.message;
  const goal = program.sequence.goal;
  const reason = skipped === null ? null : skipWords(skipped, step.if ?? null, goal);
  const sms = message?.channel === "sms" ? smsLength(message.text) : null;
  const moved =
    at === null || message === null
      ? null
      : movedBy(step, { base, now: base, at }, situation, zone);
  return {
    step: step.id,
    due_at: at === null ? null : isoIn(at, zone),
    channel: message?.channel ?? null,
    inbox: message?.inbox ?? null,
    reason: message?.reason ?? reason,
    skipped,
    subject: message?.subject ?? null,
    text: message?.text ?? null,
    html: message?.html ?? null,
    segments: sms?.segments ?? null,
    template: message?.template ? templateOf(compiled, message.template) : null,
    diagnostics: diagnose(step, skipped, reason, sms),
    name: step.name ?? null,
    to: message?.to ?? null,
    wait: waitWords(step),
    moved: moved === null ? null : { from: isoIn(moved.from, zone), because: moved.because },
    if: step.if ?? null,
    compose: step.compose,
    ai: step.ai ?? null,
    sms: sms && {
      encoding: sms.encoding,
      units: sms.units,
      capacity: sms.capacity,
      forced_by: sms.forcedBy,
    },
    other_window: message && otherWindow(compiled, message, situation, zone),
    buttons: message?.buttons ?? [],
    attachments: message?.attachments ?? [],
  };
}
