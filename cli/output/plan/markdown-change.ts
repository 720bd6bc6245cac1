import type { FieldChange } from "../../../core/language/diff/index.ts";
import { codeBlock, codeSpan } from "../markdown.ts";
import { wrap } from "../wrap.ts";
import { aroundChanges, lineDiff } from "./line-diff.ts";

/** The longest text on one line, and the longest block, in characters. */
const LONGEST_LINE = 300;
const LONGEST_BLOCK = 3_000;
const SHORT = 80;
/** What a comment shows of a line, in characters. */
const SCREEN = 100;

/** A text of anybody's, no longer than people read. */
export function clip(text: string, longest = LONGEST_LINE): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** One change as an item of a list; a text of several lines, or a long one, as a block below it. */
export function changeItem({ field, before, after }: FieldChange): string {
  const values = [before, after].filter((value) => value !== null);
  const name = `\`${field.replaceAll(/[^\w. -]/g, "")}\``;
  if (values.some((value) => value.length > SHORT || value.includes("\n"))) {
    const block = diffBlock(aroundChanges(lineDiff(before ?? "", after ?? "")));
    return `- ${name}\n${block.replaceAll(/^/gm, "  ")}`;
  }
  const value = (text: string | null) => (text === null || text === "" ? "none" : codeSpan(text));
  if (before === null) return `- ${name} ${value(after)}`;
  return `- ${name} ${value(before)} → ${value(after)}`;
}

/** How two texts differ, in the colours that platforms give it. They do not wrap lines in a block. */
export function diffBlock(lines: readonly string[]): string {
  const wrapped = lines.flatMap((line) =>
    line.length <= SCREEN
      ? [line]
      : wrap(line.slice(2), SCREEN).map((part) => line.slice(0, 2) + part),
  );
  return codeBlock(clip(wrapped.join("\n"), LONGEST_BLOCK), "diff");
}
