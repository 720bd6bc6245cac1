import { visible, visibleLine } from "./visible.ts";

/**
 * A text inside markdown as it stands: no markup, no HTML, no link, no mention of anybody and no
 * reference to an issue comes of it.
 */
export function escapeMarkdown(text: string): string {
  return visibleLine(text)
    .replace(REFERENCE, `$&${ZERO_WIDTH_SPACE}`)
    .replace(/[\\`*_{}[\]()#+\-.!|~$]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", "&#64;")
    .replaceAll(":", "&#58;");
}

/**
 * What platforms make a reference of: people, issues, merge requests, labels and so on. They look for it
 * in the finished page, where no escape is left: only a character in between keeps them off.
 */
const REFERENCE = /[@#!~%$&](?=[\p{L}\p{N}_"'])|\bgh-(?=\d)/giu;
const ZERO_WIDTH_SPACE = "\u200B";

/** A code span that holds any text, backticks included. */
export function codeSpan(text: string): string {
  const line = visibleLine(text);
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") || line.trim() === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A code span in a table, where a bar would end the cell even in code. */
export function codeCell(text: string): string {
  return codeSpan(text).replaceAll("|", String.raw`\|`);
}

/** A code block that holds any text, fences included. */
export function codeBlock(text: string, language = ""): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${visible(text)}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
