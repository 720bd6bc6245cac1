import type { Document, LineCounter, Node } from "yaml";
import type { Kind } from "../../schemas/index.ts";

/** A file as it was read. `path` is relative to the workspace's root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Where something stands in its file; lines and columns are 1-based, the end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The place of what is about a file as a whole. */
export const START: Span = { line: 1, column: 1, endLine: 1, endColumn: 2 };

/** The keys and indexes that lead from a file's root to a value. */
export type Path = readonly (string | number)[];

/** A file that is well-formed YAML of a known kind. */
export interface ParsedFile {
  readonly path: string;
  readonly text: string;
  readonly kind: Kind;
  /** Plain data, as the schema sees it. */
  readonly value: { readonly [key: string]: unknown };
  /** The line of each of `steps`; empty where there are none. */
  readonly stepLines: readonly number[];
  /** Where everything stands in the text. */
  readonly layout: () => Layout;
  /**
   * Where an offset into a text stood before parameters were filled in; absent where none were.
   * @param side which end of a range it is: one inside of a value is that of the whole `${…}`
   */
  readonly origin?: (path: Path, offset: number, side: "start" | "end") => number;
}

/** A file's nodes with their places, and its lines. */
export interface Layout {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** The span of an offset range. */
export function spanOf(lines: LineCounter, start: number, end: number): Span {
  const from = lines.linePos(start);
  const to = lines.linePos(Math.max(end, start + 1));
  return { line: from.line, column: from.col, endLine: to.line, endColumn: to.col };
}

/** The offsets of a node's own text, without the comments and white space behind it. */
export function rangeOf(node: Node | null | undefined): readonly [number, number] | null {
  const range = node?.range;
  return range ? [range[0], range[1]] : null;
}

/** A JSON pointer as a path into `root`; list positions become numbers. */
export function pathOf(pointer: string, root: unknown): Path {
  let value = root;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(value) ? Number(key) : key;
      value = (value as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}
