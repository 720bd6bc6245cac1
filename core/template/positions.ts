import type { Span } from "./findings.ts";
import { child, type SyntaxNode } from "./nunjucks.ts";

/** What stands before an expression when nunjucks parses it. */
const OPENING = "{{ ".length;
const TOKEN = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\d+(?:\.\d*)?|\w+|[=!<>]=+|\*\*|\/\/|[^]/y;

/** Offsets of nunjucks' lines and columns in one expression. */
export class Positions {
  private readonly text: string;
  private readonly lineStarts: number[] = [-OPENING];

  constructor(text: string) {
    this.text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
      this.lineStarts.push(at + 1);
    }
  }

  /** The token that a node begins with; for operators it is the left side's. */
  token(node: SyntaxNode): Span {
    return this.tokenAt(node.lineno ?? 0, node.colno ?? 0);
  }

  /** The token at a 0-based line and column; empty behind the end. */
  tokenAt(line: number, column: number): Span {
    const lineStart = this.lineStarts[line] ?? this.text.length;
    const start = Math.max(0, Math.min(lineStart + column, this.text.trimEnd().length));
    TOKEN.lastIndex = start;
    const length =
      start < this.text.trimEnd().length ? (TOKEN.exec(this.text)?.[0].length ?? 0) : 0;
    return { start, end: start + length };
  }

  /** Where `.key` or `["key"]` ends. */
  endOfField(key: SyntaxNode, from: number): number {
    const { end } = this.token(key);
    const bracket = /\s*\]/y;
    bracket.lastIndex = end;
    const isQuoted = this.text.slice(from, end).includes("[");
    return isQuoted ? end + (bracket.exec(this.text)?.[0].length ?? 0) : end;
  }

  /** The span of a name, or of several with dots or brackets between them; null for all else. */
  path(node: SyntaxNode): Span | null {
    if (node.typename === "Symbol") return this.token(node);
    const target = node.typename === "LookupVal" ? child(node, "target") : undefined;
    const key = child(node, "val");
    const before = target && this.path(target);
    if (!before || key === undefined) return null;
    return { start: before.start, end: this.endOfField(key, before.end) };
  }
}
