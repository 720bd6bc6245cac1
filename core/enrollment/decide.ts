import { sendableAt } from "../time/index.ts";
import { chooseChannel } from "./channel.ts";
import { withoutConsent } from "./consent.ts";
import { composeMessage, languageOf } from "./content.ts";
import type { CompiledStep, Program } from "./program.ts";
import { zoneOf } from "./schedule.ts";
import type { Decision, Position, Situation, Workspace } from "./types.ts";

/**
 * Decides what to do with an enrollment whose step is due. Every rule of a send is asked again here,
 * with the data, the policy and the time of this moment: goal, due time, expiry, sending hours,
 * condition, opt-outs and consent, channel, blank variables, in this order.
 * @throws when the version has no such step
 */
export function decide(
  program: Program,
  position: Position,
  situation: Situation,
  now: number,
): Decision {
  const compiled = program.steps[program.indexOf(position.step)];
  if (compiled === undefined)
    throw new Error(`${program.sequence.id} has no step ${position.step}`);
  const { workspace, facts, reach } = situation;
  const zone = zoneOf(workspace, facts);
  const context = { zone, language: languageOf(facts) };

  if (meetsGoal(program, situation)) return { kind: "exit", reason: "goal" };
  const untimely = checkTime(compiled, position, situation, zone, now);
  if (untimely !== null) return untimely;
  if (compiled.if !== null && !compiled.if.test(facts, context)) {
    return { kind: "skip", reason: "condition" };
  }
  const barred = withoutConsent(program, workspace, facts);
  const choice = chooseChannel(compiled, workspace, reach, position.failedChannels, now, barred);
  if (choice.kind === "opted_out" || choice.kind === "no_consent") {
    return { kind: "exit", reason: choice.kind };
  }
  if (choice.kind === "failure") return { ...choice, kind: "fail" };

  // A model writes what may be said freely; an approved template goes as it was approved.
  const isStatic = compiled.step.compose === "static" || choice.useTemplate;
  const draft = isStatic || situation.draft?.channel !== choice.channel ? null : situation.draft;
  const footer = footerOf(program, workspace);
  const composed = composeMessage(compiled, choice, facts, zone, { footer, draft });
  switch (composed.kind) {
    case "message": {
      const kind = !isStatic && situation.draft === null ? "draft" : "send";
      return { kind, message: composed.message };
    }
    case "blank":
      return onBlank(composed.variables, workspace.policy.on_blank);
    case "no_content":
    case "too_big":
    case "bad_link":
      return { kind: "fail", code: composed.kind, message: composed.message };
  }
}

/** Whether what the sequence is for has come about. */
export function meetsGoal(
  { goal }: Program,
  { workspace, facts }: Pick<Situation, "workspace" | "facts">,
): boolean {
  const context = { zone: zoneOf(workspace, facts), language: languageOf(facts) };
  return goal?.test(facts, context) ?? false;
}

/** The sender's name and postal address, which marketing mails must show. */
function footerOf({ sequence }: Program, { policy }: Workspace): string | null {
  const { name, address } = policy.sender;
  return sequence.purpose === "marketing" && address !== null ? `${name}\n${address}` : null;
}

/** Null when the step may be sent at this very moment. */
function checkTime(
  { step }: CompiledStep,
  position: Position,
  { workspace }: Situation,
  zone: string,
  now: number,
): Decision | null {
  if (now >= position.expires) return { kind: "skip", reason: "expired" };
  if (now < position.due) return { kind: "wait", position };
  const sendable = sendableAt(step, now, zone, workspace.calendar);
  if (sendable === now) return null;
  if (sendable === null)
    return { kind: "hold", reason: "never: the sending hours leave no instant" };
  if (sendable >= position.expires) return { kind: "skip", reason: "expired" };
  return { kind: "wait", position: { ...position, due: sendable } };
}

function onBlank(variables: readonly string[], rule: "hold" | "skip" | "fail"): Decision {
  const names = variables.join(", ");
  if (rule === "hold") return { kind: "hold", reason: `blank: ${names}` };
  if (rule === "skip") return { kind: "skip", reason: "blank" };
  return { kind: "fail", code: "blank", message: `blank: ${names}` };
}
