import type { Findings } from "./findings.ts";
import { isForbidden, isName, isNumber } from "./names.ts";
import type { TemplateRule } from "./types.ts";

/** The longest code between `{{` and `}}`, or `{%` and `%}`: it bounds the depth of every expression. */
export const MAX_CODE = 1_000;
const MAX_BRACKETS = 20;

/**
 * One token, cut exactly where nunjucks' lexer cuts: space, end of the tag, string, a quote that
 * nothing closes, the beginning of a regular expression, operators that the dialect has not, word, and
 * one character of anything else.
 */
const TOKEN =
  /([ \n\t\r\xa0]+)|(-?[%}]\})|("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(["'])|(r\/)|(\*\*|\/\/)|([^ \n\t\r\xa0()[\]{}%*\-+~/#,:|.<>=!]+)|([^])/y;

const CLOSER = /-?[%}]\}/g;

/** Where the code of a tag ended. */
interface CodeEnd {
  /** Null where the source ended first. */
  readonly closer: "}}" | "%}" | null;
  /** The tag ends in `-}}` or `-%}`. */
  readonly trims: boolean;
  /** The end of the code, and of the tag. */
  readonly end: number;
  readonly tagEnd: number;
  /** Nothing was reported: the code may be parsed. */
  readonly isSound: boolean;
}

/**
 * Reads code up to the end of its tag, and reports (once) what is not even a word of the dialect.
 * What passes is short and flat, and holds names, numbers, strings and punctuation alone.
 */
export function scanCode(source: string, from: number, findings: Findings): CodeEnd {
  return new CodeScanner(source, from, findings).scan();
}

class CodeScanner {
  private readonly source: string;
  private readonly from: number;
  private readonly findings: Findings;
  private at: number;
  /** The brackets that are missing to close those that are open. */
  private readonly missing: string[] = [];
  /** The last token that was not space. */
  private last = "";
  private isSound = true;

  constructor(source: string, from: number, findings: Findings) {
    this.source = source;
    this.from = this.at = from;
    this.findings = findings;
  }

  scan(): CodeEnd {
    while (this.at < this.source.length) {
      TOKEN.lastIndex = this.at;
      const [token = "", space, closer, , quote, regex, operator, word, mark] =
        TOKEN.exec(this.source) ?? [];
      if (closer !== undefined) return this.close(closer);
      if (quote !== undefined) return this.openString();
      if (regex !== undefined) this.forbid("a regular expression", token);
      else if (operator !== undefined) this.forbid(`"${operator}"`, token);
      else if (word !== undefined) this.word(word);
      else if (mark !== undefined) this.mark(mark);
      if (space === undefined) this.last = token;
      this.at += token.length;
    }
    return this.end(null, this.at, 0);
  }

  private word(word: string): void {
    if (isForbidden(word)) {
      this.report("template-forbidden", word.length, `"${word}" is not a field of data`);
    } else if (!isName(word) && !isNumber(word)) {
      this.report("template-syntax", word.length, `unexpected "${shown(word)}"`, hintFor(word));
    }
  }

  private mark(mark: string): void {
    const { last, missing } = this;
    if (mark === "{" || mark === "}") this.forbid(`a "${mark}" here`, mark);
    else if (last === ")" && (mark === "(" || mark === "[" || mark === ".")) {
      // nunjucks drops the first arguments of `| default("a")("b")` without a word.
      const message = "a result can be neither called nor looked into";
      this.report("template-forbidden", 1, message);
    } else if (mark === "(" || mark === "[") {
      missing.push(mark === "(" ? ")" : "]");
      if (missing.length <= MAX_BRACKETS) return;
      const message = `at most ${MAX_BRACKETS} brackets may be open at once`;
      this.report("template-too-big", 1, message);
    } else if ((mark === ")" || mark === "]") && missing.pop() !== mark) {
      this.report("template-syntax", 1, `this "${mark}" closes nothing`);
    }
  }

  private close(closer: string): CodeEnd {
    const missing = this.missing.at(-1);
    if (missing !== undefined) {
      this.report("template-syntax", closer.length, `a "${missing}" is missing here`);
    }
    if (this.at - this.from > MAX_CODE) {
      const span = { start: this.from, end: this.from + 1 };
      const message = `one tag may hold at most ${MAX_CODE} characters`;
      if (this.isSound) this.findings.report("template-too-big", span, message);
      this.isSound = false;
    }
    return this.end(closer, this.at, closer.length);
  }

  /** After an open string nothing can be told for sure: goes on behind whatever looks like the tag's end. */
  private openString(): CodeEnd {
    this.report("template-syntax", 1, "this quote is never closed");
    CLOSER.lastIndex = this.at;
    const found = CLOSER.exec(this.source);
    return found === null
      ? this.end(null, this.source.length, 0)
      : this.end(found[0], found.index, found[0].length);
  }

  private end(closer: string | null, end: number, length: number): CodeEnd {
    const kind = closer === null ? null : closer.endsWith("}}") ? "}}" : "%}";
    const trims = closer?.startsWith("-") ?? false;
    return { closer: kind, trims, end, tagEnd: end + length, isSound: this.isSound };
  }

  private forbid(what: string, { length }: string): void {
    this.report("template-forbidden", length, `${what} is not part of the template language`);
  }

  private report(rule: TemplateRule, length: number, message: string, hint?: string): void {
    const span = { start: this.at, end: this.at + length };
    if (this.isSound) this.findings.report(rule, span, message, hint);
    this.isSound = false;
  }
}

function hintFor(word: string): string | undefined {
  if (/[\u2018-\u201f\u00ab\u00bb]/.test(word)) return "write straight quotes: \" or '";
  if (word.includes("&&")) return 'write "and"';
  if (word.startsWith("?")) return "write: value if condition else other";
  return undefined;
}

/** A word for a message: short, and nothing in it that cannot be seen. */
function shown(word: string): string {
  const visible = word.replace(
    /[^\p{L}\p{M}\p{N}\p{P}\p{S}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return visible.length > 40 ? `${visible.slice(0, 40)}…` : visible;
}
