import type { SyntaxNode } from "./nunjucks.ts";
import type { TemplateError, TemplateRule } from "./types.ts";

/** Offsets of nodes in one source, and the findings made there. */
export class SourceMap {
  readonly errors: TemplateError[] = [];
  private readonly lineStarts: number[] = [0];
  private readonly length: number;
  private readonly shift: number;

  /** @param shift how many characters stand before the author's own text in `source` */
  constructor(source: string, shift = 0) {
    this.length = source.length - shift;
    this.shift = shift;
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) {
      this.lineStarts.push(at + 1);
    }
  }

  /** The offset of a 0-based line and column, inside the author's text. */
  offset(line: number, column: number): number {
    const start = this.lineStarts[Math.min(line, this.lineStarts.length - 1)] ?? 0;
    return Math.max(0, Math.min(start + column - this.shift, this.length));
  }

  /** Where a node stands. nunjucks gives some nodes (keyword arguments) no position of their own. */
  span(node: SyntaxNode): { start: number; end: number } {
    const start = this.startOf(node);
    return { start, end: Math.max(start + 1, this.endOf(node)) };
  }

  report(
    rule: TemplateRule,
    span: { start: number; end: number },
    message: string,
    hint?: string,
  ): void {
    this.errors.push({ rule, message, ...(hint === undefined ? {} : { hint }), ...span });
  }

  private startOf(node: SyntaxNode): number {
    if (node.typename === "LookupVal") return this.startOf(node["target"] as SyntaxNode);
    return this.offset(node.lineno ?? 0, node.colno ?? 0);
  }

  private endOf(node: SyntaxNode): number {
    if (node.typename === "LookupVal") return this.endOf(node["val"] as SyntaxNode);
    const start = this.offset(node.lineno ?? 0, node.colno ?? 0);
    const value = node["value"];
    if (node.typename === "Literal" || node.typename === "Symbol")
      return start + String(value).length;
    if (node.typename === "Filter")
      return start + String((node["name"] as SyntaxNode)["value"]).length;
    return start + 1;
  }
}

/** The parts of `a.b.c`, or null where a part is computed or the root is no name. */
export function pathOf(node: SyntaxNode): readonly string[] | null {
  if (node.typename === "Symbol") return [String(node["value"])];
  if (node.typename !== "LookupVal") return null;
  const key = node["val"] as SyntaxNode;
  const target = pathOf(node["target"] as SyntaxNode);
  if (target === null || key.typename !== "Literal" || typeof key["value"] !== "string")
    return null;
  return [...target, key["value"]];
}
