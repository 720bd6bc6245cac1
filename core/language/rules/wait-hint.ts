import { didYouMean } from "../../did-you-mean.ts";
import { parseWait } from "../../time/index.ts";

const UNITS: Readonly<Record<string, string>> = {
  m: "minutes",
  min: "minutes",
  mins: "minutes",
  h: "hours",
  hr: "hours",
  hrs: "hours",
  d: "days",
  bd: "business days",
  workday: "business days",
  workdays: "business days",
};
const WORDS = ["minute", "minutes", "hour", "hours", "day", "days", "business"];
const FORMS =
  "write immediately, 2 days, 3 business days, 1 hour before appointment.starts_at, or on charge.due_on";

/**
 * What was most likely meant by a text that is no wait.
 * @param dates the date variables that may be used there
 */
export function waitHint(text: string, dates: readonly string[]): string {
  const words = text
    .toLowerCase()
    .replace(/^(?:in|after|wait)\s+(?=\d|an?\s)/, "")
    .replace(/^an?\s+/, "1 ")
    .replace(/^(\d+)(?=[a-z])/, "$1 ")
    .split(/\s+/)
    .map((word, index) => respell(word, index, dates));
  const meant = asCounted(weeksAsDays(words.join(" ")));
  return parseWait(meant) === null ? FORMS : `did you mean "${meant}"?`;
}

function respell(word: string, index: number, dates: readonly string[]): string {
  if (/^\d+$/.test(word)) return word;
  if (index === 0 && didYouMean(word, ["immediately", "now"])) return "immediately";
  const unit = UNITS[word] ?? didYouMean(word, WORDS);
  if (unit !== undefined) return unit;
  const side = didYouMean(word, ["before", "after", "on"]);
  if (side !== undefined) return side;
  if (word === "working") return "business";
  return dates.find((date) => date.endsWith(`.${word}`)) ?? didYouMean(word, dates) ?? word;
}

/** `3 day` is a wait, and `3 days` is what people write. */
function asCounted(text: string): string {
  return text.replace(
    /^(\d+) ((?:business )?(?:minute|hour|day))s?\b/,
    (_, n: string, unit: string) => `${n} ${unit}${n === "1" ? "" : "s"}`,
  );
}

function weeksAsDays(text: string): string {
  return text.replace(/^(\d+) weeks?/, (_, n: string) => `${Number(n) * 7} days`);
}
