import { didYouMean } from "../did-you-mean.ts";
import type { Findings, Span } from "./findings.ts";
import type { EntityScope, FieldInfo, Scope, VariableUse } from "./types.ts";

/** Resolves names against the scope, and keeps what was used. */
export class Variables {
  readonly uses: VariableUse[] = [];
  private readonly scope: Scope | undefined;
  private readonly findings: Findings;

  constructor(scope: Scope | undefined, findings: Findings) {
    this.scope = scope;
    this.findings = findings;
  }

  /**
   * Records a use of a variable. Without a scope every name is taken on trust.
   * @param span offsets into the template's source
   * @returns the field's type where the scope knows it
   */
  use(span: Span, path: readonly string[], guarded: boolean): FieldInfo | null {
    const { start, end } = span;
    this.uses.push({ path: path.join("."), start, end, guarded });
    return this.scope === undefined ? null : this.resolve(this.scope, path, span);
  }

  private resolve(scope: Scope, path: readonly string[], span: Span): FieldInfo | null {
    const [root = "", field, key] = path;
    const entity = own(scope, root);
    if (entity === undefined) return this.unknown(span, root, "variable", Object.keys(scope));
    if (isField(entity)) return field === undefined ? entity : this.single(span, root, field);
    const { fields, custom } = entity;
    if (field === undefined) {
      const hint = `name one of its fields: ${Object.keys(fields).join(", ")}`;
      return this.report(span, `${root} is not a value`, hint);
    }
    if (field === "custom" && custom !== null) return this.custom(custom, path, span);
    const info = own(fields, field);
    if (info !== undefined) {
      return key === undefined ? info : this.single(span, `${root}.${field}`, key);
    }
    if (own(custom ?? {}, field) !== undefined) {
      return this.report(span, `${root} has no field "${field}"`, `write ${root}.custom.${field}`);
    }
    return this.unknown(span, field, `field of ${root}`, Object.keys(fields));
  }

  private custom(
    declared: { readonly [key: string]: FieldInfo },
    [root = "", , key, ...rest]: readonly string[],
    span: Span,
  ): FieldInfo | null {
    if (key === undefined) {
      const hint = `name one of them: ${root}.custom.${Object.keys(declared)[0] ?? "…"}`;
      return this.report(span, `${root}.custom is not a value`, hint);
    }
    const info = own(declared, key);
    if (info !== undefined) {
      return rest[0] === undefined ? info : this.single(span, `${root}.custom.${key}`, rest[0]);
    }
    const near = didYouMean(key, Object.keys(declared));
    const hint = near
      ? `did you mean "${near}"?`
      : `declare it: attributes: [{ entity: ${root}, key: ${key}, type: text }]`;
    return this.report(span, `${root} has no custom attribute "${key}"`, hint);
  }

  private single(span: Span, path: string, field: string): null {
    return this.report(span, `${path} is a single value and has no field "${field}"`);
  }

  private unknown(span: Span, name: string, what: string, known: string[]): null {
    const near = didYouMean(name, known);
    const hint = near ? `did you mean "${near}"?` : `there are: ${known.join(", ")}`;
    return this.report(span, `"${name}" is no ${what}`, hint);
  }

  private report(span: Span, message: string, hint?: string): null {
    this.findings.report("unknown-variable", span, message, hint);
    return null;
  }
}

function own<T>(table: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

function isField(entry: EntityScope | FieldInfo): entry is FieldInfo {
  return "type" in entry && typeof entry.type === "string";
}
