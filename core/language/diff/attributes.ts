import type { AttributeDeclaration } from "../document.ts";
import { canonicalJson } from "../digest.ts";
import type { CompiledVersion } from "../compile.ts";
import { lineOf } from "./breaking.ts";
import type { Breaking, State } from "./types.ts";

/** Attributes that are declared after, and were not before. */
export function attributesToCreate(before: State, after: State): AttributeDeclaration[] {
  const known = new Set(before.attributes.map(nameOf));
  return after.attributes.filter((attribute) => !known.has(nameOf(attribute)));
}

/** A type that changes, with the variable that it is about. */
interface RetypedAttribute {
  readonly variable: string;
  readonly breaking: Breaking;
}

/** Attributes whose type is another one: what is stored under them keeps its type. */
export function attributesRetyped(before: State, after: State): RetypedAttribute[] {
  const types = new Map(before.attributes.map((one) => [nameOf(one), one.type]));
  return after.attributes.flatMap((attribute): RetypedAttribute[] => {
    const { entity, key, type } = attribute;
    const earlier = types.get(nameOf(attribute));
    if (earlier === undefined || earlier === type) return [];
    return [
      {
        variable: `${entity}.custom.${key}`,
        breaking: {
          rule: "attribute-type-changed",
          sequence: null,
          step: null,
          message: `${entity}.custom.${key} is ${earlier} and cannot become ${type}`,
          hint: "declare another key: what is stored under this one keeps its type",
          ...placeOf(attribute, after),
          side: "after",
        },
      },
    ];
  });
}

/** Whether a sequence declares or mentions a variable. */
export function mentions({ document, source }: CompiledVersion, variable: string): boolean {
  const key = variable.split(".").at(-1) ?? variable;
  return canonicalJson(document).includes(variable) || declarationOf(key).test(source);
}

function placeOf({ key }: AttributeDeclaration, { files }: State) {
  const declaration = declarationOf(key);
  const found = files.find(
    ({ text }) =>
      /^(?:kind:\s*["']?CustomAttribute|attributes:)/m.test(text) && declaration.test(text),
  );
  if (found === undefined) return { file: "cadenza.yaml", line: 1 };
  return { file: found.path, line: lineOf(found.text, declaration) };
}

/** @param key letters, digits and underscores, as the schema has it */
function declarationOf(key: string): RegExp {
  return new RegExp(`\\bkey:[ \\t]*["']?${key}\\b`);
}

function nameOf({ entity, key }: Pick<AttributeDeclaration, "entity" | "key">): string {
  return `${entity}.${key}`;
}
