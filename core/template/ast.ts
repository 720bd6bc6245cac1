import type { Filter } from "./filters.ts";
import type { Span } from "./findings.ts";

export type Literal = string | number | boolean | null;
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type Operator = "+" | "-" | "*" | "/" | "%" | "~";

/** An expression of the dialect: all that there is. Spans are offsets into the expression's own text. */
export type Expr = Span &
  (
    | { readonly kind: "literal"; readonly value: Literal }
    | { readonly kind: "path"; readonly parts: readonly string[] }
    | { readonly kind: "default"; readonly value: Expr; readonly fallback: Expr }
    | {
        readonly kind: "filter";
        readonly filter: Filter;
        readonly value: Expr;
        readonly args: readonly Expr[];
      }
    | { readonly kind: "not"; readonly value: Expr }
    | { readonly kind: "sign"; readonly sign: 1 | -1; readonly value: Expr }
    | { readonly kind: "defined"; readonly value: Expr; readonly isDefined: boolean }
    | { readonly kind: "and" | "or"; readonly left: Expr; readonly right: Expr }
    | { readonly kind: "in"; readonly left: Expr; readonly right: Expr }
    | {
        readonly kind: "compare";
        readonly operator: Comparison;
        readonly left: Expr;
        readonly right: Expr;
      }
    | {
        readonly kind: "operation";
        readonly operator: Operator;
        readonly left: Expr;
        readonly right: Expr;
      }
    | {
        readonly kind: "choice";
        readonly condition: Expr;
        readonly then: Expr;
        readonly otherwise: Expr | null;
      }
  );
