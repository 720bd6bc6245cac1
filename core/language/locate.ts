import { isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { offsetsOf } from "./scalar-offsets.ts";
import { rangeOf, spanOf, START, type ParsedFile, type Path, type Span } from "./source.ts";

/** Where a value stands; where it is absent or goes over several lines, the nearest key. */
export function locateValue(file: ParsedFile, path: Path): Span {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(file, path.slice(0, length));
    const range = rangeOf(node);
    if (range === null) continue;
    const isWhole = length < path.length || !isScalar(node) || range[0] === range[1];
    const key = isWhole ? keyRange(file, path.slice(0, length)) : null;
    const [start, end] = key ?? [range[0], isWhole ? firstLineEnd(file.text, range) : range[1]];
    return spanOf(file.layout().lines, start, end);
  }
  return START;
}

/** How a value is written in its file; empty where it is absent. */
export function sourceOf(file: ParsedFile, path: Path): string {
  const range = rangeOf(nodeAt(file, path));
  return range === null ? "" : file.text.slice(...range);
}

/** Where a key stands. */
export function locateKey(file: ParsedFile, path: Path): Span {
  const range = keyRange(file, path);
  return range === null ? locateValue(file, path) : spanOf(file.layout().lines, range[0], range[1]);
}

/**
 * Where a part of a text value stands, through quotes, folding and indentation.
 * @param start 0-based offset into the value, like `end`
 */
export function locateInside(file: ParsedFile, path: Path, start: number, end: number): Span {
  const node = nodeAt(file, path);
  if (!isScalar(node) || typeof node.value !== "string") return locateValue(file, path);
  const offsets = remembered(file.text, node as Scalar<string>);
  const last = offsets?.at(-1);
  if (offsets === null || last === undefined) return locateValue(file, path);
  const [first, behind] = [
    file.origin?.(path, start, "start") ?? start,
    file.origin?.(path, end, "end") ?? end,
  ];
  const from = offsets[first] ?? last;
  const to = offsets[Math.max(first, behind - 1)] ?? last;
  return spanOf(file.layout().lines, from, to + 1);
}

/** A text with one finding often has more. */
const known = new WeakMap<Node, readonly number[] | null>();

function remembered(source: string, node: Scalar<string>): readonly number[] | null {
  const found = known.get(node);
  if (found !== undefined) return found;
  const offsets = offsetsOf(source, node);
  known.set(node, offsets);
  return offsets;
}

function nodeAt(file: ParsedFile, path: Path): Node | null {
  let node = file.layout().document.contents;
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
