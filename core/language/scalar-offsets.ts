import type { Scalar } from "yaml";

/** One line of a text value: its characters, and where each stands in the source. */
interface Line {
  text: string;
  readonly at: number[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * Where each character of a text value stands in the source: through quotes, escapes, indentation
 * and folding. Null where the two cannot be brought together.
 */
export function offsetsOf(source: string, node: Scalar<string>): readonly number[] | null {
  const [start, end] = node.range ?? [0, 0];
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  const lines = isBlock
    ? blockLines(source, start, end, node.value)
    : flowLines(source, start, end, node.type);
  const { value } = node;
  const offsets: number[] = [];
  for (const { text, at } of lines) {
    if (text === "") continue;
    // Between two lines stands what folding made of the line ends.
    while (!value.startsWith(text, offsets.length)) {
      const character = value[offsets.length];
      if (character !== " " && character !== "\n") return null;
      offsets.push(at[0]!);
    }
    for (const one of at) offsets.push(one);
  }
  return offsets;
}

function blockLines(source: string, start: number, end: number, value: string): Line[] {
  const lines: Line[] = [];
  const first = /^\n*( *)/.exec(value)?.[1]?.length ?? 0;
  let indent: number | null = null;
  let from = source.indexOf("\n", start) + 1;
  while (from > 0 && from < end) {
    const newline = source.indexOf("\n", from);
    const to = newline < 0 || newline > end ? end : newline;
    const text = source.slice(from, to).replace(/\r$/, "");
    const spaces = /^ */.exec(text)![0].length;
    if (indent === null && spaces < text.length) indent = spaces - first;
    const cut = Math.min(spaces, indent ?? spaces);
    const kept = text.slice(cut);
    const at = from + cut;
    lines.push({ text: kept, at: Array.from({ length: kept.length }, (_, unit) => at + unit) });
    from = newline < 0 ? end : newline + 1;
  }
  return lines;
}

function flowLines(source: string, start: number, end: number, type: Scalar["type"]): Line[] {
  const isDouble = type === "QUOTE_DOUBLE";
  const isSingle = type === "QUOTE_SINGLE";
  const quote = isDouble || isSingle ? 1 : 0;
  let line: Line = { text: "", at: [] };
  const lines = [line];
  const add = (text: string, at: number) => {
    line.text += text;
    for (let unit = 0; unit < text.length; unit++) line.at.push(at);
  };
  const breakLine = (at: number): number => {
    lines.push((line = { text: "", at: [] }));
    let next = at + 1;
    while (source[next] === " " || source[next] === "\t") next += 1;
    return next;
  };
  for (let at = start + quote; at < end - quote;) {
    const character = source[at]!;
    if (character === "\n") {
      line.text = line.text.trimEnd();
      line.at.length = line.text.length;
      at = breakLine(at);
    } else if (isDouble && character === "\\") {
      at = escape(source, at, add, breakLine);
    } else {
      if (character !== "\r" || source[at + 1] !== "\n") add(character, at);
      at += isSingle && character === "'" ? 2 : 1;
    }
  }
  return lines;
}

function escape(
  source: string,
  at: number,
  add: (text: string, at: number) => void,
  breakLine: (at: number) => number,
): number {
  const code = source[at + 1] ?? "";
  if (code === "\n") return breakLine(at + 1);
  if (code === "\r" && source[at + 2] === "\n") return breakLine(at + 2);
  const digits = HEX_DIGITS[code];
  if (digits === undefined) {
    add(ESCAPES[code] ?? code, at);
    return at + 2;
  }
  const hex = source.slice(at + 2, at + 2 + digits);
  add(String.fromCodePoint(Number.parseInt(hex, 16)), at);
  return at + 2 + digits;
}
