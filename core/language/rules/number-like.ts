import type { AttributeDeclaration } from "../document.ts";
import { sourceOf } from "../locate.ts";
import type { Model, Resource } from "../model.ts";
import type { ParsedFile, Path } from "../source.ts";

const ENTITIES = ["contact", "conversation", "deal", "appointment", "charge"] as const;

/** As YAML 1.1 and people write true and false; here they are texts. */
const YES_OR_NO = /^(?:(?<yes>y|yes|on|true)|n|no|off|false)$/i;

/**
 * Where any kind of value may stand, a text that YAML takes for a number is one, silently. Where only
 * text may stand, the schema has refused it.
 */
export function numberLike(model: Model): void {
  for (const sample of [...model.personas, ...model.tests]) checkSample(model, sample);
  for (const template of model.sequenceTemplates) checkParameters(model, template);
}

function checkSample(model: Model, { file, value }: Resource<"Persona" | "SequenceTest">): void {
  for (const entity of ENTITIES) {
    for (const [key, given] of Object.entries(value[entity]?.custom ?? {})) {
      const declared = model.attributes.find((one) => one.entity === entity && one.key === key);
      if (declared !== undefined) {
        checkValue(model, file, [entity, "custom", key], declared.type, given);
      }
    }
  }
}

function checkValue(
  model: Model,
  file: ParsedFile,
  path: Path,
  type: AttributeDeclaration["type"],
  given: unknown,
): void {
  const tell = (message: string, hint: string) => {
    const name = path.filter((part) => typeof part === "string").join(".");
    model.at(file, path, "number-like-text", `${name} ${message}`, hint, "warning");
  };
  switch (type) {
    case "text":
    case "link":
      if (typeof given !== "number" && typeof given !== "boolean") return;
      return tell(`is text, and ${readAs(file, path, given)}`, quoted(file, path));
    case "boolean": {
      if (typeof given !== "string") return;
      const words = YES_OR_NO.exec(given);
      if (words === null) return;
      const meant = words.groups?.["yes"] !== undefined;
      return tell(
        `is true or false, and "${given}" is text, which counts as true`,
        `write ${meant}`,
      );
    }
    case "number":
    case "currency": {
      if (typeof given !== "number" || !Number.isInteger(given) || Number.isSafeInteger(given)) {
        return;
      }
      const hint = "an attribute for such numbers is of type: text, and its values are in quotes";
      return tell(`has too many digits: ${readAs(file, path, given)}`, hint);
    }
    case "date":
    case "datetime":
    case "list":
      return;
  }
}

/** A number that is filled in is filled in as YAML reads it. */
function checkParameters(model: Model, { file, value }: Resource<"SequenceTemplate">): void {
  for (const [name, parameter] of Object.entries(value.parameters ?? {})) {
    for (const key of ["default", "example"] as const) {
      const given = parameter[key];
      const path = ["parameters", name, key];
      if (parameter.type !== "number" || typeof given !== "number") continue;
      if (sourceOf(file, path) === String(given)) continue;
      const message = `${name} is filled in as ${given}: ${readAs(file, path, given)}`;
      model.at(file, path, "number-like-text", message, quoted(file, path), "warning");
    }
  }
}

/** What becomes of a value, in words: `YAML reads 1.10 as the number 1.1`. */
export function readAs(file: ParsedFile, path: Path, given: unknown): string {
  const written = sourceOf(file, path);
  if (typeof given === "boolean") return `YAML reads ${written} as a yes or no`;
  const isSame = written === String(given);
  return `YAML reads ${written} as ${isSame ? "a number" : `the number ${String(given)}`}`;
}

/** How to have it as it is written. */
export function quoted(file: ParsedFile, path: Path): string {
  return `put it in quotes: "${sourceOf(file, path)}"`;
}
