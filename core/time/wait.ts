import type { Duration, Unit, Wait } from "../language/document.ts";

const LENGTH = /^(\d{1,9}) (minute|hour|day|business day)s?$/;
const PATH = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$/;

/** Ten years of each unit: longer is a slip of the keyboard, and might leave the range of dates. */
const LONGEST: { readonly [unit in Unit]: number } = {
  minute: 5_256_000,
  hour: 87_600,
  day: 3_650,
  business_day: 2_600,
};

/**
 * Reads an authored wait: `immediately`, `3 business days`, `2 hours before appointment.starts_at`,
 * `on contact.custom.renewal_on`. Null for any other text; whether the variable exists is not asked.
 */
export function parseWait(text: string): Wait | null {
  const words = wordsOf(text);
  if (words.join(" ") === "immediately") return { kind: "immediately" };

  const side = words.at(-2);
  if (side !== "before" && side !== "after" && side !== "on") {
    const duration = durationOf(words);
    return duration && { kind: "after", ...duration };
  }

  const variable = words.at(-1) ?? "";
  const before = words.slice(0, -2);
  const bare = side === "on" && before.length === 0;
  const duration = bare ? ({ n: 0, unit: "day" } as const) : durationOf(before);
  if (!duration || !PATH.test(variable) || (side === "on" && !bare)) return null;
  return { kind: "relative", ...duration, side: duration.n === 0 ? "on" : side, variable };
}

/** Reads an authored length of time such as `30 minutes` or `1 business day`, at most ten years; null for any other text. */
export function parseDuration(text: string): Duration | null {
  return durationOf(wordsOf(text));
}

function durationOf(words: readonly string[]): Duration | null {
  const [, digits, name] = LENGTH.exec(words.join(" ")) ?? [];
  if (digits === undefined || name === undefined) return null;
  const n = Number(digits);
  const unit = name === "business day" ? "business_day" : (name as Unit);
  return n <= LONGEST[unit] ? { n, unit } : null;
}

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
