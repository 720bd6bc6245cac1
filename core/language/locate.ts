import { isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { rangeOf, spanOf, type ParsedFile, type Path, type Span } from "./source.ts";

/** Where a value stands; where it is absent, the nearest thing around it. */
export function locateValue(file: ParsedFile, path: Path): Span {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(file, path.slice(0, length));
    const range = rangeOf(node);
    if (range === null) continue;
    // A whole map or list as the place of what is missing in it: its key says it better.
    if (length < path.length || isMap(node) || isSeq(node)) {
      const key = keyRange(file, path.slice(0, length));
      if (key !== null) return spanOf(file.lines, key[0], key[1]);
      return spanOf(file.lines, range[0], firstLineEnd(file.text, range));
    }
    return spanOf(file.lines, range[0], range[1]);
  }
  return { line: 1, column: 1, endLine: 1, endColumn: 2 };
}

/** Where a key stands. */
export function locateKey(file: ParsedFile, path: Path): Span {
  const range = keyRange(file, path);
  return range === null ? locateValue(file, path) : spanOf(file.lines, range[0], range[1]);
}

/**
 * Where a part of a text value stands, through quotes, folding and indentation.
 * @param start 0-based offset into the value, like `end`
 */
export function locateInside(file: ParsedFile, path: Path, start: number, end: number): Span {
  const node = nodeAt(file, path);
  const range = rangeOf(node);
  if (!isScalar(node) || range === null || typeof node.value !== "string")
    return locateValue(file, path);
  const from = sourceOffset(file.text, node as Scalar<string>, range[0], start);
  const to = sourceOffset(file.text, node as Scalar<string>, range[0], Math.max(start, end - 1));
  if (from === null) return locateValue(file, path);
  return spanOf(file.lines, from, to === null ? from + 1 : to + 1);
}

function nodeAt(file: ParsedFile, path: Path): Node | null {
  let node = file.document.contents as Node | null;
  for (const part of path) {
    if (isMap(node)) node = (node.get(part, true) as Node | undefined) ?? null;
    else if (isSeq(node)) node = (node.items[Number(part)] as Node | undefined) ?? null;
    else return null;
  }
  return node;
}

function keyRange(file: ParsedFile, path: Path): readonly [number, number] | null {
  const parent = path.length === 0 ? null : nodeAt(file, path.slice(0, -1));
  if (!isMap(parent)) return null;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  return pair === undefined ? null : rangeOf(pair.key as Node);
}

function firstLineEnd(text: string, [start, end]: readonly [number, number]): number {
  const newline = text.indexOf("\n", start);
  return newline < 0 ? end : Math.min(end, newline);
}

/**
 * The source offset of a value's offset. The value is walked along its source: indentation, folds and
 * escapes are stepped over. Null where the two part ways.
 */
function sourceOffset(
  text: string,
  node: Scalar<string>,
  nodeStart: number,
  offset: number,
): number | null {
  const isBlock = node.type === "BLOCK_FOLDED" || node.type === "BLOCK_LITERAL";
  const isQuoted = node.type === "QUOTE_DOUBLE" || node.type === "QUOTE_SINGLE";
  let at = isBlock ? text.indexOf("\n", nodeStart) + 1 : nodeStart + (isQuoted ? 1 : 0);
  for (let index = 0; index <= offset; index++) {
    const character = node.value[index];
    if (character === undefined) return at;
    const isFold = character === "\n" || (character === " " && text[at] === "\n");
    if (character === " " && text[at] !== " " && !isFold) continue;
    if (isFold) at = skipSpace(text, at);
    else {
      if (text[at] !== character) at = skipSpace(text, at);
      const escape = escapeLength(text, at, node.type);
      if (text[at] !== character && escape === 0) return null;
      if (index === offset) return at;
      at += Math.max(1, escape);
      continue;
    }
    if (index === offset) return at;
  }
  return at;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && /\s/.test(text[next]!)) next += 1;
  return next;
}

function escapeLength(text: string, at: number, type: Scalar["type"]): number {
  if (type === "QUOTE_DOUBLE" && text[at] === "\\") {
    const code = text[at + 1];
    return code === "x" ? 4 : code === "u" ? 6 : code === "U" ? 10 : 2;
  }
  return type === "QUOTE_SINGLE" && text.startsWith("''", at) ? 2 : 0;
}
