import { didYouMean } from "../did-you-mean.ts";
import type { SyntaxNode } from "./nunjucks.ts";
import type { SourceMap } from "./syntax.ts";
import type { EntityScope, FieldInfo, Scope, VariableUse } from "./types.ts";

/** Names that lead out of data, whatever the scope says. */
const FORBIDDEN = new Set([
  "constructor",
  "prototype",
  "__proto__",
  "__defineGetter__",
  "__defineSetter__",
]);

/** Resolves names against the scope, and keeps what was used. */
export class Variables {
  readonly uses: VariableUse[] = [];
  private readonly scope: Scope | undefined;
  private readonly map: SourceMap;

  constructor(scope: Scope | undefined, map: SourceMap) {
    this.scope = scope;
    this.map = map;
  }

  /**
   * Records a use of a variable. Without a scope every name is taken on trust.
   * @returns the field's type where the scope knows it
   */
  use(node: SyntaxNode, path: readonly string[], guarded: boolean): FieldInfo | null {
    const span = this.map.span(node);
    const forbidden = path.find((part) => FORBIDDEN.has(part));
    if (forbidden !== undefined) {
      this.map.report("template-forbidden", span, `"${forbidden}" is not a field of data`);
      return null;
    }
    this.uses.push({ path: path.join("."), ...span, guarded });
    return this.scope === undefined ? null : this.resolve(this.scope, path, span);
  }

  private resolve(scope: Scope, path: readonly string[], span: { start: number; end: number }) {
    const [root = "", field, key, ...rest] = path;
    const entity = own(scope, root);
    if (entity === undefined) return this.unknown(span, root, "variable", Object.keys(scope));
    if (isField(entity)) {
      if (field === undefined) return entity;
      this.map.report(
        "unknown-variable",
        span,
        `${root} is a single value and has no field "${field}"`,
      );
      return null;
    }
    if (field === undefined) {
      const hint = `name one of its fields: ${Object.keys(entity.fields).join(", ")}`;
      this.map.report("unknown-variable", span, `${root} is not a value`, hint);
      return null;
    }
    if (field === "custom" && entity.custom !== null) {
      return this.resolveCustom(entity.custom, root, key, rest, span);
    }
    const info = own(entity.fields, field);
    if (info === undefined) {
      const custom = own(entity.custom ?? {}, field);
      if (custom !== undefined) {
        const hint = `write ${root}.custom.${field}`;
        this.map.report("unknown-variable", span, `${root} has no field "${field}"`, hint);
        return null;
      }
      return this.unknown(span, field, `field of ${root}`, Object.keys(entity.fields));
    }
    if (key === undefined) return info;
    this.map.report(
      "unknown-variable",
      span,
      `${root}.${field} is a single value and has no field "${key}"`,
    );
    return null;
  }

  private resolveCustom(
    custom: { readonly [key: string]: FieldInfo },
    root: string,
    key: string | undefined,
    rest: readonly string[],
    span: { start: number; end: number },
  ): FieldInfo | null {
    const info = key === undefined ? undefined : own(custom, key);
    if (info !== undefined && rest.length === 0) return info;
    const hint = `declare it: attributes: [{ entity: ${root}, key: ${key ?? "…"}, type: text }]`;
    const near = key === undefined ? undefined : didYouMean(key, Object.keys(custom));
    const message = `${root} has no custom attribute "${[key, ...rest].join(".")}"`;
    this.map.report(
      "unknown-variable",
      span,
      message,
      near === undefined ? hint : `did you mean "${near}"?`,
    );
    return null;
  }

  private unknown(
    span: { start: number; end: number },
    name: string,
    what: string,
    known: string[],
  ): null {
    const near = didYouMean(name, known);
    const hint = near === undefined ? `there are: ${known.join(", ")}` : `did you mean "${near}"?`;
    this.map.report("unknown-variable", span, `"${name}" is no ${what}`, hint);
    return null;
  }
}

function own<T>(table: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isField(entry: EntityScope | FieldInfo): entry is FieldInfo {
  return "type" in entry && typeof entry.type === "string";
}
