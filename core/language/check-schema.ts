import { didYouMean } from "../did-you-mean.ts";
import { checkFile, type SchemaError } from "../../schemas/index.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { locateKey, locateValue } from "./locate.ts";
import type { ParsedFile, Path, Span } from "./source.ts";

/** Findings of the kind's schema, at most `most`, each at the key or value it is about and said once. */
export function checkSchema(file: ParsedFile, most: number): Diagnostic[] {
  const errors = checkFile(file.kind, file.value).slice(0, most);
  const found = errors.map((error) => describe(file, error));
  const said = new Set<string>();
  return found.filter(({ line, column, message }) => {
    const key = `${line}:${column}:${message}`;
    return said.has(key) ? false : said.add(key);
  });
}

function describe(file: ParsedFile, error: SchemaError): Diagnostic {
  const path = pathOf(error.instancePath, file.value);
  const name = path.length === 0 ? "this file" : `"${path.join(".")}"`;
  const at = (rule: string, span: Span, message: string, hint?: string): Diagnostic => {
    const advice = hint ?? example(error);
    return {
      rule,
      severity: "error",
      file: file.path,
      ...span,
      message,
      ...(advice === undefined ? {} : { hint: advice }),
    };
  };
  const here = () => locateValue(file, path);
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = String(error.params["additionalProperty"] ?? error.params["unevaluatedProperty"]);
      const known = Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {});
      const near = didYouMean(key, known);
      const hint =
        near === undefined ? `there are: ${known.join(", ")}` : `did you mean "${near}"?`;
      const message =
        key === "<<" ? 'merge keys ("<<") are not part of YAML 1.2' : `"${key}" is no key here`;
      return at("unknown-key", locateKey(file, [...path, key]), message, hint);
    }
    case "required": {
      const key = String(error.params["missingProperty"]);
      const place = path.length === 0 ? file.kind : name;
      return at("missing-key", here(), `${place} needs "${key}"`, described(error, key));
    }
    case "type":
      return at("wrong-type", here(), `${name} must be ${typeName(error.params["type"])}`);
    case "const":
    case "enum": {
      const allowed = [error.params["allowedValues"] ?? [error.params["allowedValue"]]]
        .flat()
        .map(String);
      const near = typeof error.data === "string" ? didYouMean(error.data, allowed) : undefined;
      const hint =
        near === undefined ? `it is one of: ${allowed.join(", ")}` : `did you mean "${near}"?`;
      return at("not-allowed", here(), `${name} cannot be ${JSON.stringify(error.data)}`, hint);
    }
    case "pattern":
      return at("schema", here(), `${name} is not of the form it must have`);
    default:
      return at("schema", here(), `${name} ${error.message ?? "is not valid"}`);
  }
}

/** JSON pointer to path; list positions become numbers. */
function pathOf(pointer: string, root: unknown): Path {
  let value = root;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(value) ? Number(key) : key;
      value = (value as Record<string | number, unknown> | undefined)?.[step];
      return step;
    });
}

function typeName(type: unknown): string {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    object: "a map",
    array: "a list",
    integer: "a whole number",
    number: "a number",
    boolean: "true or false",
    null: "empty",
  };
  return [type]
    .flat()
    .map((one) => names[String(one)] ?? String(one))
    .join(" or ");
}

function example({ parentSchema }: SchemaError): string | undefined {
  const examples = parentSchema?.["examples"];
  if (!Array.isArray(examples) || examples.length === 0) return undefined;
  const [first] = examples as unknown[];
  return `for example: ${typeof first === "string" ? first : JSON.stringify(first)}`;
}

function described({ parentSchema }: SchemaError, key: string): string | undefined {
  const properties = parentSchema?.["properties"] as
    | Record<string, { description?: string }>
    | undefined;
  return properties?.[key]?.description;
}
