import { entities } from "../../schemas/index.ts";
import type { FieldType } from "../template/index.ts";
import type { AttributeDeclaration, TargetType } from "./document.ts";
import type { Model } from "./model.ts";
import { fieldAt, pathsOf } from "./scope.ts";

/** One variable that templates and conditions may use. */
export interface Variable {
  /** Dotted, e.g. `contact.custom.plan`. */
  readonly variable: string;
  readonly type: FieldType;
  /** It can come out blank: give it a `default`. */
  readonly optional: boolean;
  /** The file that declares a custom attribute; null for what every workspace has. */
  readonly declared_in: string | null;
  readonly description: string | null;
  /** The values it may take, where they are listed. */
  readonly options: readonly string[] | null;
}

/** Every variable of sequences with this target, or of any; also while the workspace has mistakes. */
export function variablesOf(model: Model, target: TargetType | null): readonly Variable[] {
  const scope = target === null ? model.anyScope : model.scope(target);
  const declared = declarations(model);
  return pathsOf(scope).flatMap((variable) => {
    const field = fieldAt(scope, variable);
    if (field === undefined) return [];
    const own = declared.get(variable);
    return {
      variable,
      type: field.type,
      optional: field.optional,
      declared_in: own?.file ?? null,
      description: own?.attribute.description ?? builtInDescription(variable),
      options: own?.attribute.options ?? null,
    };
  });
}

interface Declared {
  readonly attribute: AttributeDeclaration;
  readonly file: string;
}

function declarations(model: Model): ReadonlyMap<string, Declared> {
  const all: readonly Declared[] = [
    ...model.customAttributes.map(({ value, file }) => ({ attribute: value, file: file.path })),
    ...model.sequences.flatMap(({ value, file }) =>
      (value.attributes ?? []).map((attribute) => ({ attribute, file: file.path })),
    ),
  ];
  // The first declaration is the one that counts.
  return new Map(
    all.toReversed().map((one) => [`${one.attribute.entity}.custom.${one.attribute.key}`, one]),
  );
}

function builtInDescription(variable: string): string | null {
  const [root = "", field] = variable.split(".");
  const entity = Object.entries(entities).find(([name]) => name === root)?.[1];
  if (entity === undefined) return null;
  if (!("fields" in entity)) return entity.description;
  const found = Object.entries(entity.fields).find(([name]) => name === field)?.[1];
  return found?.description ?? null;
}
