import nunjucks from "nunjucks";

/** A node of nunjucks' syntax tree, as far as the allow-list reads it. Positions are 0-based. */
export interface SyntaxNode {
  readonly typename: string;
  readonly lineno: number;
  readonly colno: number;
  readonly children?: readonly SyntaxNode[];
  readonly [field: string]: unknown;
}

/** What nunjucks' parser says of a source that it refuses. Positions are 1-based, or missing. */
export interface SyntaxFailure {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

const { parser } = nunjucks as unknown as {
  parser: { parse(source: string, extensions: unknown[], options: object): SyntaxNode };
};

/**
 * Parses with nunjucks and nothing more: its compiler, loader and runtime are never reached.
 * The caller has bounded the source, because the parser is recursive.
 */
export function parseSyntax(source: string): { root: SyntaxNode } | { failure: SyntaxFailure } {
  try {
    return { root: parser.parse(source, [], {}) };
  } catch (error) {
    const { message, lineno, colno } = error as {
      message?: string;
      lineno?: number;
      colno?: number;
    };
    return {
      failure: {
        message: (message ?? "it cannot be parsed").replace(/^\s*\(unknown path\)[^\n]*\n\s*/, ""),
        line: lineno ?? null,
        column: colno ?? null,
      },
    };
  }
}
