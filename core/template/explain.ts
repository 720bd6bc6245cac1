import type { Span } from "./findings.ts";
import type { SyntaxFailure } from "./nunjucks.ts";
import type { Positions } from "./positions.ts";

const HINTS: ReadonlyMap<string, string> = new Map([
  ["=", 'compare with "=="'],
  ["!", 'write "not"'],
  ["||", 'write "or"'],
]);

const MISSING = "something is missing here";

/** Says in an author's words what nunjucks stumbled over. Its own messages speak of its inner parts. */
export function explain(
  { line, column }: SyntaxFailure,
  text: string,
  positions: Positions,
): { span: Span; message: string; hint?: string } {
  if (line === null || column === null) {
    return { span: { start: 0, end: text.length }, message: "this cannot be read" };
  }
  const span = positions.tokenAt(line, column);
  const found = text.slice(span.start, span.end);
  if (found === "") return { span: { ...span, end: span.start + 1 }, message: MISSING };
  const message = `unexpected ${/^["']/.test(found) ? found : `"${found}"`}`;
  const hint = HINTS.get(found === "|" ? text.slice(span.start - 1, span.end) : found);
  return { span, message, ...(hint === undefined ? {} : { hint }) };
}
