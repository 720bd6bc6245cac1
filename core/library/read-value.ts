import { didYouMean } from "../did-you-mean.ts";
import type { TemplateParameter } from "../../schemas/index.ts";
import { parseDate, parseTimeOfDay } from "../time/civil.ts";
import { parseDuration } from "../time/index.ts";

/** A value as it is put into texts, or what is wrong with it. */
type ReadValue = { readonly text: string } | { readonly problem: string; readonly hint: string };

type Given = string | number | boolean;

const NUMBER = /^-?\d{1,15}(\.\d{1,9})?$/;
const LONGEST = 500;

/**
 * What has an effect of its own in a text: line ends, signs that nobody sees (they can reorder what is
 * read), and braces, which begin code.
 */
const LINE_END = /[\n\r\u0085\u2028\u2029]/;
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const BRACE = /[{}]/;

/** Reads a value of a parameter's type, as a file or a person gives it. */
export function readValue(parameter: TemplateParameter, given: Given): ReadValue {
  const text = String(given).trim();
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  const wrong = (problem: string, hint: string): ReadValue => ({ problem, hint });
  switch (parameter.type) {
    case "text":
      if (typeof given !== "string") return wrong(`${shown} is no text`, "write it in quotes");
      return readText(text, wrong);
    case "number":
      if (typeof given !== "boolean" && NUMBER.test(text)) return { text };
      return wrong(`${shown} is no number`, "write digits, such as 10 or 2.5");
    case "boolean":
      if (text === "true" || text === "false") return { text };
      return wrong(`${shown} is neither true nor false`, "write true or false");
    case "date":
      if (parseDate(text) !== null) return { text };
      return wrong(`${shown} is no date`, "write year, month and day, such as 2026-12-24");
    case "time":
      if (parseTimeOfDay(text) !== null) return { text };
      return wrong(`${shown} is no time of day`, "write hours and minutes, such as 09:30");
    case "duration": {
      const length = parseDuration(text);
      if (length !== null && length.n > 0) return { text: text.replaceAll(/\s+/g, " ") };
      return wrong(
        `${shown} is no length of time`,
        "write 30 minutes, 2 hours, 2 days or 3 business days",
      );
    }
    case "link":
      return isLink(text)
        ? { text }
        : wrong(
            `${shown} is no https address`,
            "write it in full, such as https://example.com/pay",
          );
    case "choice":
      return readChoice(parameter.options ?? [], text, shown, wrong);
  }
}

function readText(text: string, wrong: (problem: string, hint: string) => ReadValue): ReadValue {
  if (text === "") return wrong("it is empty", "write at least one character");
  if (LINE_END.test(text)) return wrong("it has more than one line", "write it in one line");
  if (UNSEEN.test(text)) {
    return wrong("it has a character that nobody can see", "type it instead of pasting it");
  }
  if (BRACE.test(text)) {
    const hint = "write it without braces: { and } would be code in a message";
    return wrong("it has a brace", hint);
  }
  if (text.length > LONGEST) {
    return wrong(`it has ${text.length} characters`, `write at most ${LONGEST}`);
  }
  return { text };
}

function readChoice(
  options: readonly string[],
  text: string,
  shown: string,
  wrong: (problem: string, hint: string) => ReadValue,
): ReadValue {
  if (options.includes(text)) return { text };
  const near = didYouMean(text, options);
  const hint = near ? `did you mean "${near}"?` : `there are: ${options.join(", ")}`;
  return wrong(`${shown} is none of its options`, hint);
}

function isLink(text: string): boolean {
  if (/[\s"'\\<>{}|^`]/.test(text) || text.length > 2_000 || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  return protocol === "https:" && username === "" && password === "" && hostname.includes(".");
}
