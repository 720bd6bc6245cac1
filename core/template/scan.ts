import type { Findings } from "./findings.ts";
import { scanCode } from "./scan-code.ts";

/** The longest template, in UTF-16 units: several times any real mail. */
export const MAX_LENGTH = 16_384;
const MAX_TAGS = 500;

/** A stretch of code in a template; `text` is null where it was found wrong and told already. */
export interface Code {
  readonly text: string | null;
  /** Where it begins in the source. */
  readonly at: number;
}

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** `{{ … }}` */
  | { readonly kind: "output"; readonly code: Code; readonly start: number; readonly end: number }
  /** `{% word … %}` */
  | {
      readonly kind: "tag";
      readonly word: string;
      readonly wordAt: number;
      readonly code: Code;
      readonly start: number;
      readonly end: number;
    };

const OPENER = /\{([{%#])(-?)/g;
const WORD = /[ \n\t\r\xa0]*([^ \n\t\r\xa0()[\]{}%*\-+~/#,:|.<>=!]*)/y;

/** Cuts a template into text, outputs and tags, in one pass. A `-` inside a brace trims the text beside it. */
export function scan(source: string, findings: Findings): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimsNext = false;
  let tags = 0;
  const addText = (to: number, trimsEnd: boolean) => {
    let text = source.slice(at, to);
    if (trimsNext) text = text.trimStart();
    if (trimsEnd) text = text.trimEnd();
    if (text !== "") pieces.push({ kind: "text", text });
  };
  for (;;) {
    OPENER.lastIndex = at;
    const opener = OPENER.exec(source);
    if (opener === null) break;
    const [brace, kind, dash] = opener;
    const start = opener.index;
    addText(start, dash !== "");
    if (++tags > MAX_TAGS) {
      const message = `a template may have at most ${MAX_TAGS} tags`;
      findings.report("template-too-big", { start, end: start + 2 }, message);
      return pieces;
    }
    const from = start + brace.length;
    if (kind === "#") {
      const end = source.indexOf("#}", start + 2);
      if (end < 0) {
        findings.report("template-syntax", { start, end: start + 2 }, "this {# is never closed");
        return pieces;
      }
      trimsNext = end > start + 2 && source[end - 1] === "-";
      at = end + 2;
      continue;
    }
    const code = scanCode(source, from, findings);
    const closes = kind === "{" ? "}}" : "%}";
    if (code.closer !== closes && code.isSound) {
      const message = code.closer === null ? `this {${kind} is never closed` : `a "${closes}" is missing here`;
      const span = code.closer === null ? { start, end: start + 2 } : { start: code.end, end: code.tagEnd };
      findings.report("template-syntax", span, message);
    }
    const isSound = code.isSound && code.closer === closes;
    const textFrom = (offset: number): Code => ({
      text: isSound ? source.slice(offset, code.end) : null,
      at: offset,
    });
    const span = { start, end: code.tagEnd };
    if (kind === "{") pieces.push({ kind: "output", code: textFrom(from), ...span });
    else {
      WORD.lastIndex = from;
      const [skipped = "", word = ""] = WORD.exec(source) ?? [];
      const behind = from + skipped.length;
      const wordAt = behind - word.length;
      pieces.push({ kind: "tag", word, wordAt, code: textFrom(behind), ...span });
    }
    trimsNext = code.trims;
    at = code.tagEnd;
  }
  addText(source.length, false);
  return pieces;
}
