import { LineCounter } from "yaml";
import { spanOf, START, type Span } from "./source.ts";

/** A cadence is a few kB; these bound what a hostile file can cost. */
const MAX_LENGTH = 262_144;
const MAX_LINES = 20_000;
const MAX_MARKS = 30_000;
const MARKS = new Set(Array.from("[]{},:\"'!&*\\", (mark) => mark.charCodeAt(0)));
export const MAX_DEPTH = 50;

/** Control characters but tab and line ends, halves of characters, and what is no character. */
const UNFIT = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const DIRECTIVE = /^%.*/m;
/** More markers at the head of one line than levels are allowed. */
const STACKED = new RegExp(`^(?:[ \\t]*[-?:](?=[ \\t])){${MAX_DEPTH + 1}}`, "m");

interface Refusal {
  readonly rule: "file-too-big" | "yaml-unsafe";
  readonly span: Span;
  readonly message: string;
}

export const TOO_DEEP = "this is nested too deeply";

/** What makes a text unfit for the parser: found in linear time, before it costs anything. */
export function refuse(text: string): Refusal | null {
  if (text.length > MAX_LENGTH) {
    return tooBig(`this file has ${text.length} characters; at most ${MAX_LENGTH} are read`);
  }
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  if (lines > MAX_LINES) {
    return tooBig(`this file has ${lines} lines; at most ${MAX_LINES} are read`);
  }
  const unfit = UNFIT.exec(text);
  if (unfit !== null) return unsafe(text, unfit, unfitMessage(unfit[0]));
  const directive = DIRECTIVE.exec(text);
  if (directive !== null) {
    return unsafe(text, directive, "directives are not allowed: a cadence is YAML 1.2");
  }
  const stacked = STACKED.exec(text);
  if (stacked !== null) return unsafe(text, stacked, TOO_DEEP);
  return tooManyMarks(text);
}

/** Why an escaped text such as "\0" cannot be sent or stored; null where it can. */
export function unfitIn(value: string): string | null {
  const found = UNFIT.exec(value);
  return found === null ? null : unfitMessage(found[0]);
}

function unfitMessage(character: string): string {
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0");
  return `the character U+${code} is not allowed in text; remove it`;
}

/** Each mark can open a level or be a mistake, and the parser makes an error with a stack of each. */
function tooManyMarks(text: string): Refusal | null {
  if (text.length <= MAX_MARKS) return null;
  let marks = 0;
  for (let index = 0; index < text.length; index++) {
    if (MARKS.has(text.charCodeAt(index))) marks += 1;
  }
  if (marks <= MAX_MARKS) return null;
  return tooBig(
    `this file has ${marks} brackets, quotes, commas and the like; at most ${MAX_MARKS} are read`,
  );
}

function unsafe(text: string, found: { index: number; 0: string }, message: string): Refusal {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at >= 0 && at < found.index; at = text.indexOf("\n", at + 1)) {
    lines.addNewLine(at + 1);
  }
  const span = spanOf(lines, found.index, found.index + found[0].length);
  return { rule: "yaml-unsafe", span, message };
}

function tooBig(message: string): Refusal {
  return { rule: "file-too-big", span: START, message };
}
