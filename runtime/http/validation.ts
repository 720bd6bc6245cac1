import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { FastifyInstance } from "fastify";
import { didYouMean } from "../../core/did-you-mean.ts";
import { invalid, notFound, type FieldError, type Problem } from "./problem.ts";
import { uuid } from "./schemas/common.ts";

type Part = FieldError["in"];

const PARTS: { readonly [httpPart: string]: Part } = {
  body: "body",
  querystring: "query",
  params: "path",
  headers: "header",
};

// Bodies are JSON and have types; a query has only text.
const options = {
  allErrors: true,
  strict: false,
  strictNumbers: true,
  verbose: true,
  validateFormats: false,
};
const exact = new Ajv2020(options);
const coercing = new Ajv2020({ ...options, coerceTypes: true, useDefaults: true });

/** Makes the app validate with these rules: nothing unknown passes, nothing is dropped in silence. */
export function useValidation(app: FastifyInstance): void {
  app.setValidatorCompiler(({ schema, httpPart = "body" }) => {
    const ajv = httpPart === "body" ? exact : coercing;
    const validate = ajv.compile(schema as object);
    const part = PARTS[httpPart] ?? "body";
    const mayBeUnbounded = part === "query" || part === "path";
    return (data: unknown) => {
      if (!validate(data)) return { error: refusal(validate, part) };
      // Given a value, the framework would copy the headers each time that somebody looks at one.
      if (part === "header") return true;
      const wrong = mayBeUnbounded ? unbounded(data as object, part) : [];
      return wrong.length > 0 ? { error: invalid(wrong) } : { value: data };
    };
  });
}

/** `1e999` becomes a number that has no bounds, and ajv asks no bound of what it has made of a text. */
function unbounded(data: object, part: Part): FieldError[] {
  return Object.entries(data)
    .filter(([, value]) => typeof value === "number" && !Number.isFinite(value))
    .map(([path]) => ({ in: part, path, message: "must be integer" }));
}

/**
 * A check of one value against a schema, for what does not come as a body of its own.
 * @returns a function that lists what is wrong, nothing where all is well
 */
export function checker(schema: object): (value: unknown) => FieldError[] {
  const validate = exact.compile(schema);
  return (value) => (validate(value) ? [] : explainAll(validate, "body"));
}

/** An id in an address that cannot be one names nothing: that is no mistake of form to whoever asks. */
function refusal(validate: ValidateFunction, part: Part): Problem {
  const [error] = validate.errors ?? [];
  if (part === "path" && error?.schema === uuid.pattern) {
    return notFound(`${JSON.stringify(error.data)} here; ids are UUIDs, as the API gave them`);
  }
  return invalid(explainAll(validate, part));
}

function explainAll(validate: ValidateFunction, part: Part): FieldError[] {
  return (validate.errors ?? []).map((error) => explain(error, part));
}

function explain(error: ErrorObject, part: Part): FieldError {
  const at = part === "body" ? error.instancePath : error.instancePath.slice(1);
  const under = (name: string) => (part === "body" ? `${at}/${pointerPart(name)}` : name);
  const params = error.params as { readonly [name: string]: string };
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = params["additionalProperty"] ?? params["unevaluatedProperty"] ?? "";
      const schema = error.parentSchema as { properties?: object } | undefined;
      const known = Object.keys(schema?.properties ?? {});
      return withHint(
        { in: part, path: under(name), message: "there is no such field" },
        name,
        known,
      );
    }
    case "required":
      return { in: part, path: under(params["missingProperty"] ?? ""), message: "is missing" };
    case "enum": {
      const allowed = (error.schema as unknown[]).filter((value) => value !== null).map(String);
      const found = { in: part, path: at, message: `must be one of ${allowed.join(", ")}` };
      return typeof error.data === "string" ? withHint(found, error.data, allowed) : found;
    }
    case "pattern": {
      const schema = error.parentSchema as { "x-pattern-message"?: string } | undefined;
      const message = schema?.["x-pattern-message"] ?? `must match ${params["pattern"]}`;
      return { in: part, path: at, message };
    }
    case "type": {
      const types = [error.schema as string | string[]].flat();
      if (at === "" && error.data == null) {
        return {
          in: part,
          path: at,
          message: "is missing: send JSON with content-type application/json",
        };
      }
      return { in: part, path: at, message: `must be ${types.join(" or ")}` };
    }
    default:
      return { in: part, path: at, message: error.message ?? "is not valid" };
  }
}

function withHint(error: FieldError, given: string, known: readonly string[]): FieldError {
  const guess = didYouMean(given, known);
  return guess === undefined ? error : { ...error, hint: `did you mean ${guess}?` };
}

function pointerPart(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
