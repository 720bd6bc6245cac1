import { didYouMean } from "../did-you-mean.ts";
import { checkFile, type SchemaError } from "../../schemas/index.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { locateKey, locateValue, sourceOf } from "./locate.ts";
import { OTHER_NAMES, wordError } from "./schema-words.ts";
import { pathOf, type ParsedFile } from "./source.ts";

/** Findings of the kind's schema, at most `most`, each at the key or value it is about and said once. */
export function checkSchema(file: ParsedFile, most: number): Diagnostic[] {
  const errors = checkFile(file.kind, file.value);
  if (errors.length === 0) return [];
  return withoutEchoes(errors)
    .slice(0, most)
    .map((error) => describe(file, error));
}

function describe(file: ParsedFile, error: SchemaError): Diagnostic {
  const path = pathOf(error.instancePath, file.value);
  const { key, ...worded } = wordError(error, file.kind, path, sourceOf(file, path));
  const span = key === undefined ? locateValue(file, path) : locateKey(file, [...path, key]);
  return { severity: "error", file: file.path, ...span, ...worded };
}

/** One mistake, one finding: a wrong type is not also a wrong choice, a mistyped key not also missing. */
function withoutEchoes(errors: readonly SchemaError[]): SchemaError[] {
  const byPlace = Map.groupBy(errors, ({ instancePath }) => instancePath);
  return [...byPlace.values()].flatMap((here) => {
    const aboutKeys = here.filter(({ keyword }) => KEYWORDS_OF_KEYS.has(keyword));
    const choice = here.find(({ keyword }) => keyword === "enum" || keyword === "const");
    const aboutValue = choice ?? here.find(({ keyword }) => !KEYWORDS_OF_KEYS.has(keyword));
    return [...(aboutValue === undefined ? [] : [aboutValue]), ...withoutMistyped(aboutKeys)];
  });
}

const KEYWORDS_OF_KEYS: ReadonlySet<string> = new Set(["additionalProperties", "required"]);

function withoutMistyped(errors: readonly SchemaError[]): SchemaError[] {
  const unknown = errors.flatMap(({ params }) => params["additionalProperty"] ?? []).map(String);
  return errors.filter(({ params }) => {
    const missing = params["missingProperty"];
    if (typeof missing !== "string") return true;
    const near = unknown.slice(0, 50);
    return !near.some((key) => OTHER_NAMES[key] === missing) && !didYouMean(missing, near);
  });
}
