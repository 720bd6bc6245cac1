import { assertNever } from "../assert-never.ts";
import type { CanonicalStep, Duration, Wait } from "../language/document.ts";

/** A step's wait as people say it: `3 business days, at 09:30`. */
export function waitWords({ wait, at }: Pick<CanonicalStep, "wait" | "at">): string {
  return at === undefined ? wordsOf(wait) : `${wordsOf(wait)}, at ${at}`;
}

/** A length of time as people say it: `1 business day`. */
export function durationWords({ n, unit }: Duration): string {
  return `${n} ${unit.replace("_", " ")}${n === 1 ? "" : "s"}`;
}

/**
 * Why nothing is sent, in words.
 * @param skipped the engine's reason
 */
export function skipWords(skipped: string, condition: string | null, goal: string | null): string {
  const [kind = "", ...rest] = skipped.split(": ");
  const detail = rest.join(": ");
  switch (kind) {
    case "condition":
      return condition === null ? "its condition is false" : `its condition is false: ${condition}`;
    case "past":
      return "its time has already gone by";
    case "expired":
      return "it could not be sent before it expired";
    case "blank":
      return "a variable is blank, and the workspace skips such a message";
    case "held":
      return rest[0] === "blank"
        ? `held until ${rest.slice(1).join(": ")} is known`
        : `held: ${detail}`;
    case "exit":
      if (detail === "opted_out") return "the contact has opted out";
      if (detail === "no_consent") return "the contact has not agreed to marketing";
      return goal === null ? "the goal is met" : `the goal is met: ${goal}`;
    case "ended":
      return "the enrollment has ended before";
    default:
      return detail === "" ? kind : detail;
  }
}

/** A character that can be seen as it is, any other by its number. */
export function characterWords(character: string): string {
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character)) return `"${character}"`;
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function wordsOf(wait: Wait): string {
  switch (wait.kind) {
    case "immediately":
      return "immediately";
    case "after":
      return durationWords(wait);
    case "relative":
      return wait.n === 0
        ? `on ${wait.variable}`
        : `${durationWords(wait)} ${wait.side} ${wait.variable}`;
    default:
      return assertNever(wait);
  }
}
