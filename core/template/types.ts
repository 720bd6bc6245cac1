import type { Facts } from "../facts.ts";

export type FieldType =
  | "text"
  | "number"
  | "boolean"
  | "date"
  | "datetime"
  | "list"
  | "link"
  | "currency";

/** A variable's type, and whether it can be absent or empty at send time. */
export interface FieldInfo {
  readonly type: FieldType;
  readonly optional: boolean;
  /** All the values that it can have; absent where it can have any. */
  readonly options?: readonly string[];
}

export interface EntityScope {
  readonly fields: { readonly [field: string]: FieldInfo };
  /** Null where the entity takes no custom attributes. */
  readonly custom: { readonly [key: string]: FieldInfo } | null;
}

/** The variables that may be used in one place: entities, and single values such as `unsubscribe_url`. */
export interface Scope {
  readonly [root: string]: EntityScope | FieldInfo;
}

/** A finding inside one template; offsets are 0-based into its source, the end exclusive. */
export interface TemplateError {
  readonly rule: TemplateRule;
  readonly message: string;
  readonly hint?: string;
  readonly start: number;
  readonly end: number;
}

export type TemplateRule =
  | "template-syntax"
  | "template-forbidden"
  | "template-too-big"
  | "unknown-variable"
  | "unknown-filter";

export interface VariableUse {
  /** Dotted, e.g. `contact.first_name`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** It has a `default`, stands in a condition, or is tested by a condition around it. */
  readonly guarded: boolean;
}

export interface RenderOptions {
  /** A known IANA zone; dates with a time are shown in it. */
  readonly zone: string;
  /** A language tag; one that is not valid counts as English. */
  readonly language: string;
  /** How values are escaped; the template's own text never is. */
  readonly escape: "none" | "html" | "markdown";
}

export type Rendered =
  | { readonly kind: "text"; readonly text: string }
  /** Variables without a `default` were blank: the message must not be sent like this. */
  | { readonly kind: "blank"; readonly variables: readonly string[] }
  | { readonly kind: "limit"; readonly message: string };

export interface Template {
  readonly source: string;
  readonly variables: readonly VariableUse[];
  render(facts: Facts, options: RenderOptions): Rendered;
}

export interface Expression {
  readonly source: string;
  readonly variables: readonly VariableUse[];
  /** The value; undefined where it cannot be worked out. Never throws. */
  evaluate(facts: Facts, options: Pick<RenderOptions, "zone" | "language">): unknown;
  /** Whether the value counts as true: blanks, 0, false and empty lists do not. */
  test(facts: Facts, options: Pick<RenderOptions, "zone" | "language">): boolean;
}
