import type { Findings } from "./findings.ts";
import { isForbidden, isName, isNumber } from "./names.ts";

/** The longest code between `{{` and `}}`, or `{%` and `%}`: it bounds the depth of every expression. */
const MAX_CODE = 1_000;
const MAX_BRACKETS = 20;

/**
 * One token, cut exactly where nunjucks' lexer cuts: space, end of the tag, string, a quote that
 * nothing closes, the beginning of a regular expression, operators that the dialect has not, word, and
 * one character of anything else.
 */
const TOKEN =
  /([ \n\t\r\xa0]+)|(-?[%}]\})|("(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(["'])|(r\/)|(\*\*|\/\/)|([^ \n\t\r\xa0()[\]{}%*\-+~/#,:|.<>=!]+)|([^])/y;

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]" };

/** Where the code of a tag ended. */
export interface CodeEnd {
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
  const brackets: string[] = [];
  let isSound = true;
  let at = from;
  let last = "";
  const report = (...[rule, length, message, hint]: Problem) => {
    if (isSound) findings.report(rule, { start: at, end: at + length }, message, hint);
    isSound = false;
  };
  const finish = (closer: CodeEnd["closer"], trims: boolean, length: number): CodeEnd => {
    const missing = brackets.at(-1);
    if (missing !== undefined && closer !== null) {
      report("template-syntax", length, `a "${missing}" is missing here`);
    }
    if (at - from > MAX_CODE) {
      at = from;
      report("template-too-big", 1, `one tag may hold at most ${MAX_CODE} characters`);
    }
    return { closer, trims, end: at, tagEnd: at + length, isSound };
  };
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const [token = "", space, closer, , quote, regex, operator, word, mark] =
      TOKEN.exec(source) ?? [];
    if (closer !== undefined) {
      const trims = closer.startsWith("-");
      return finish(closer.endsWith("}}") ? "}}" : "%}", trims, closer.length);
    }
    if (quote !== undefined) {
      report("template-syntax", 1, "this quote is never closed");
      return skip(source, at, isSound);
    }
    if (regex !== undefined) {
      report("template-forbidden", 2, "a regular expression is not part of the template language");
    } else if (operator !== undefined) {
      report("template-forbidden", 2, `"${operator}" is not part of the template language`);
    } else if (word !== undefined) checkWord(word, report);
    else if (mark !== undefined) checkMark(mark, last, brackets, report);
    if (brackets.length > MAX_BRACKETS) {
      report("template-too-big", 1, `at most ${MAX_BRACKETS} brackets may be open at once`);
    }
    if (space === undefined) last = token;
    at += token.length;
  }
  return finish(null, false, 0);
}

type Problem = [
  rule: Parameters<Findings["report"]>[0],
  length: number,
  message: string,
  hint?: string,
];
type Report = (...problem: Problem) => void;

function checkWord(word: string, report: Report): void {
  if (isForbidden(word)) {
    report("template-forbidden", word.length, `"${word}" is not a field of data`);
  } else if (!isName(word) && !isNumber(word)) {
    report("template-syntax", word.length, `unexpected "${shown(word)}"`, hintFor(word));
  }
}

function checkMark(mark: string, last: string, brackets: string[], report: Report): void {
  if (mark === "{" || mark === "}") {
    report("template-forbidden", 1, `a "${mark}" is not part of the template language here`);
  } else if (last === ")" && (mark === "(" || mark === "[" || mark === ".")) {
    // nunjucks drops the first arguments of `| default("a")("b")` without a word.
    report("template-forbidden", 1, "a result can be neither called nor looked into");
  } else if (CLOSING[mark] !== undefined) brackets.push(CLOSING[mark]);
  else if ((mark === ")" || mark === "]") && brackets.pop() !== mark) {
    report("template-syntax", 1, `this "${mark}" closes nothing`);
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

/** After an open string nothing can be told for sure: goes on behind whatever looks like the tag's end. */
function skip(source: string, from: number, isSound: boolean): CodeEnd {
  const found = /[%}]\}/g;
  found.lastIndex = from;
  const end = found.exec(source)?.index;
  if (end === undefined) {
    return { closer: null, trims: false, end: source.length, tagEnd: source.length, isSound };
  }
  const closer = source.startsWith("}}", end) ? "}}" : "%}";
  return { closer, trims: false, end, tagEnd: end + 2, isSound };
}
