import type { Findings } from "./findings.ts";
import { scanCode } from "./scan-code.ts";
import type { TemplateRule } from "./types.ts";

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
  return new Scanner(source, findings).scan();
}

class Scanner {
  private readonly source: string;
  private readonly findings: Findings;
  private readonly pieces: Piece[] = [];
  private at = 0;
  private trimsNext = false;

  constructor(source: string, findings: Findings) {
    this.source = source;
    this.findings = findings;
  }

  scan(): readonly Piece[] {
    for (let tags = 0; ; tags++) {
      OPENER.lastIndex = this.at;
      const opener = OPENER.exec(this.source);
      if (opener === null) break;
      const [brace, kind, dash] = opener;
      const start = opener.index;
      this.addText(start, dash !== "");
      if (tags === MAX_TAGS) {
        this.report("template-too-big", start, `a template may have at most ${MAX_TAGS} tags`);
        return this.pieces;
      }
      if (kind === "#") this.skipComment(start);
      else this.addCode(start, start + brace.length, kind === "{");
    }
    this.addText(this.source.length, false);
    return this.pieces;
  }

  private addText(end: number, trimsEnd: boolean): void {
    let text = this.source.slice(this.at, end);
    if (this.trimsNext) text = text.trimStart();
    if (trimsEnd) text = text.trimEnd();
    if (text !== "") this.pieces.push({ kind: "text", text });
  }

  private skipComment(start: number): void {
    const end = this.source.indexOf("#}", start + 2);
    if (end < 0) this.report("template-syntax", start, "this {# is never closed");
    this.trimsNext = end > start + 2 && this.source[end - 1] === "-";
    this.at = end < 0 ? this.source.length : end + 2;
  }

  private addCode(start: number, from: number, isOutput: boolean): void {
    const { closer, trims, end, tagEnd, isSound } = scanCode(this.source, from, this.findings);
    const wanted = isOutput ? "}}" : "%}";
    if (isSound && closer === null) {
      this.report("template-syntax", start, `this ${isOutput ? "{{" : "{%"} is never closed`);
    } else if (isSound && closer !== wanted) {
      this.report("template-syntax", end, `a "${wanted}" is missing here`);
    }
    const isGood = isSound && closer === wanted;
    const codeFrom = (at: number): Code => ({
      text: isGood ? this.source.slice(at, end) : null,
      at,
    });
    const span = { start, end: tagEnd };
    if (isOutput) this.pieces.push({ kind: "output", code: codeFrom(from), ...span });
    else {
      WORD.lastIndex = from;
      const [skipped = "", word = ""] = WORD.exec(this.source) ?? [];
      const behind = from + skipped.length;
      const wordAt = behind - word.length;
      this.pieces.push({ kind: "tag", word, wordAt, code: codeFrom(behind), ...span });
    }
    this.trimsNext = trims;
    this.at = tagEnd;
  }

  private report(rule: TemplateRule, start: number, message: string): void {
    this.findings.report(rule, { start, end: start + 2 }, message);
  }
}
