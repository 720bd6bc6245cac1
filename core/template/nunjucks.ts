import parser from "nunjucks/src/parser.js";

/** A node of nunjucks' syntax tree, as far as the allow-list reads it. Positions are 0-based. */
export interface SyntaxNode {
  readonly typename: string;
  readonly lineno?: number;
  readonly colno?: number;
  readonly children?: readonly SyntaxNode[];
  readonly [field: string]: unknown;
}

/** Where nunjucks gave up: 0-based, or null where it does not say. */
export interface SyntaxFailure {
  readonly line: number | null;
  readonly column: number | null;
}

/**
 * Parses with nunjucks and nothing more. Nothing is compiled, looked up or run.
 * The caller has bounded length and nesting, because the parser is recursive.
 */
export function parseSyntax(source: string): { root: SyntaxNode } | { failure: SyntaxFailure } {
  try {
    return { root: parser.parse(source, [], {}) as SyntaxNode };
  } catch (error) {
    // Besides its own errors the parser throws TypeErrors at what it did not foresee.
    const { lineno, colno } = error as { lineno?: number; colno?: number };
    return {
      failure: {
        line: lineno === undefined ? null : lineno - 1,
        column: colno === undefined ? null : colno - 1,
      },
    };
  }
}

/** The node in a field; undefined where there is none. */
export function child(node: SyntaxNode, field: string): SyntaxNode | undefined {
  const found = node[field];
  const isNode = typeof found === "object" && found !== null && "typename" in found;
  return isNode ? (found as SyntaxNode) : undefined;
}
