import type { Diagnostic } from "../language/diagnostic.ts";
import type { Step } from "../language/expand.ts";
import type { SmsLength } from "../sms.ts";
import { characterWords } from "./words.ts";

/** Twilio takes no longer text. */
const LONGEST_SMS = 1_600;

/** What a reviewer should know about one step, at the place where it is written. */
export function diagnose(
  step: Step,
  skipped: string | null,
  reason: string | null,
  sms: SmsLength | null,
): Diagnostic[] {
  const found = [...(skipped === null ? [] : unsent(skipped, reason ?? skipped)), ...long(sms)];
  const { file, line } = step.source;
  return found.map(({ rule, severity, ...words }) => ({
    rule,
    severity,
    file,
    line,
    column: 1,
    endLine: line,
    endColumn: 1,
    ...words,
  }));
}

type Finding = Pick<Diagnostic, "rule" | "severity" | "message" | "hint">;

/** A step that says nothing is a finding, unless that was asked for: by a condition or a goal. */
function unsent(skipped: string, reason: string): Finding[] {
  const [kind = ""] = skipped.split(": ");
  const isBlank = kind === "blank" || skipped.startsWith("held: blank");
  if (isBlank) {
    const hint = 'give the variable a value, or the text a default: {{ … | default("there") }}';
    return [{ rule: "blank-variable", severity: "error", message: reason, hint }];
  }
  switch (kind) {
    case "condition":
    case "past":
    case "exit":
    case "ended":
      return [];
    case "expired":
    case "held":
      return [{ rule: "never-sent", severity: "error", message: reason }];
    default:
      return [{ rule: kind.replaceAll("_", "-"), severity: "error", message: reason }];
  }
}

function long(sms: SmsLength | null): Finding[] {
  if (sms === null) return [];
  if (sms.units > LONGEST_SMS) {
    const message = `${sms.units} characters; providers take at most ${LONGEST_SMS}`;
    return [{ rule: "sms-segments", severity: "error", message }];
  }
  if (sms.segments === 1) return [];
  const forced = sms.forcedBy.map(characterWords).join(", ");
  const why =
    forced === "" ? "" : `; ${forced} ${sms.forcedBy.length > 1 ? "force" : "forces"} UCS-2`;
  const message = `${sms.segments} segments (${sms.units} of ${sms.capacity} characters${why})`;
  return [{ rule: "sms-segments", severity: "warning", message }];
}
