import { lexemesOf } from "./lexemes.ts";
import type { Span } from "./source.ts";

/** A comment that makes an exception: `# cadenza-ignore <rule>, <rule>: <reason>`. */
export interface IgnoreComment {
  readonly rules: readonly NamedRule[];
  /** Empty where none is given. */
  readonly reason: string;
  /** Of the comment as a whole. */
  readonly span: Span;
  /** The first and the last line that it is about. */
  readonly covers: readonly [number, number];
}

export interface NamedRule {
  readonly name: string;
  readonly span: Span;
}

/** What a file must hold to have any: most have none, and need not be read again. */
export const IGNORE = "cadenza-ignore";

const COMMENT = new RegExp(`^#+[ \\t]*${IGNORE}([\\w-]*)[ \\t]*([^:]*)(?::(.*))?$`);
const BLOCK_HEADER = /^[|>][-+0-9]*$/;

/** A comment where it was found. */
interface Found {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  /** Nothing else is on its line. */
  readonly isAlone: boolean;
  /** What comes before it on its line has its value below: `content: # …`. */
  readonly opens: boolean;
}

/**
 * Every such comment of a YAML text; only what YAML takes for a comment is one. Beside a value it is
 * about this line, alone on a line about the next one, and in both cases about all lines of a text
 * that begins there: within a text there is no place for a comment.
 */
export function ignoreCommentsIn(text: string): IgnoreComment[] {
  const { comments, texts } = scan(text);
  const linesAlone = new Set(comments.filter(({ isAlone }) => isAlone).map(({ line }) => line));
  const below = new Map<number, number>();
  const ignores: IgnoreComment[] = [];
  for (const found of comments.toReversed()) {
    const { line, isAlone, opens } = found;
    const next = linesAlone.has(line + 1) ? (below.get(line + 1) ?? line + 1) : line + 1;
    if (isAlone) below.set(line, next);
    const [first, last] = [isAlone ? next : line, isAlone || opens ? next : line];
    const ending = isAlone ? undefined : texts.endingAt.get(line);
    const covers = [ending ?? first, texts.beginningAt.get(last) ?? last] as const;
    const ignore = read(found, covers);
    if (ignore !== null) ignores.push(ignore);
  }
  return ignores.toReversed();
}

function read({ text, line, column }: Found, covers: readonly [number, number]) {
  const parts = COMMENT.exec(text);
  if (parts === null) return null;
  const spanAt = (start: number, length: number): Span => {
    const from = column + start;
    return { line, column: from, endLine: line, endColumn: from + length };
  };
  // `cadenza-ignore-next-line` and the like name no rule.
  const [, suffix = "", given = "", reason = ""] = parts;
  const list = suffix === "" ? given : "";
  let at = text.indexOf(list, text.indexOf(IGNORE) + IGNORE.length);
  const rules: NamedRule[] = [];
  for (const part of list.split(",")) {
    // Without a colon, what follows the name may be meant as the reason.
    const name = parts[3] === undefined ? (part.trim().split(/\s/)[0] ?? "") : part.trim();
    if (name !== "") {
      rules.push({ name, span: spanAt(at + part.indexOf(name), name.length) });
    }
    at += part.length + 1;
  }
  return { rules, reason: reason.trim(), span: spanAt(0, text.length), covers };
}

/** Comments, and texts of several lines by the lines where they begin and end. */
function scan(text: string) {
  const comments: Found[] = [];
  const beginningAt = new Map<number, number>();
  const endingAt = new Map<number, number>();
  let line = 1;
  let column = 1;
  let before = "";
  let isBlock = false;
  for (const { text: lexeme, isText } of lexemesOf(text)) {
    if (!isText && lexeme.startsWith("#")) {
      const isAlone = before === "";
      const opens = before === ":" || before === "-";
      comments.push({ text: lexeme, line, column, isAlone, opens });
    } else if (!isText && BLOCK_HEADER.test(lexeme)) {
      isBlock = true;
    }
    const start = line;
    const breaks = lexeme.split("\n").length - 1;
    line += breaks;
    if (breaks > 0 && /\S/.test(lexeme)) {
      // The text of a block ends with a line end, and begins below its header.
      const [from, to] =
        isText && isBlock ? [start - 1, lexeme.endsWith("\n") ? line - 1 : line] : [start, line];
      beginningAt.set(from, to);
      endingAt.set(to, from);
    }
    if (isText) isBlock = false;
    column = breaks > 0 ? lexeme.length - lexeme.lastIndexOf("\n") : column + lexeme.length;
    if (breaks > 0 && !/\S$/.test(lexeme)) before = "";
    else if (/\S/.test(lexeme)) before = lexeme;
  }
  return { comments, texts: { beginningAt, endingAt } };
}
