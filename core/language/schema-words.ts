import { didYouMean } from "../did-you-mean.ts";
import type { Kind, SchemaError } from "../../schemas/index.ts";
import type { RuleId } from "./catalogue/index.ts";
import type { Path } from "./source.ts";

/** One finding of a schema in plain words. `key` is set where it is about a key of the value at `path`. */
interface Worded {
  readonly rule: RuleId;
  readonly message: string;
  readonly hint?: string;
  readonly key?: string;
}

/**
 * Says what a schema error means to the author.
 * @param given how the value is written in the file
 */
export function wordError(error: SchemaError, kind: Kind, path: Path, given: string): Worded {
  const name = path.length === 0 ? `this ${kind}` : `"${spell(path)}"`;
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownKey(error, String(params["additionalProperty"]));
    case "required":
      return {
        rule: "missing-key",
        message: `${name} needs "${String(params["missingProperty"])}"`,
      };
    case "type":
      return wrongType(error, name, given);
    case "const":
    case "enum":
      return notAllowed(error, kind, path, name);
    case "pattern":
      return { rule: "schema", message: `${name} ${patternWords(path)}` };
    default:
      return { rule: "schema", message: `${name} ${limitWords(error)}` };
  }
}

/** `steps[2].content.body`: positions count from 0, as in most languages that read the file. */
function spell(path: Path): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${part}`,
    )
    .join("");
}

function unknownKey({ parentSchema }: SchemaError, key: string): Worded {
  const rule = "unknown-key";
  if (key === "<<") {
    return {
      rule,
      key,
      message: 'merge keys ("<<") are not part of YAML 1.2; write the keys again',
    };
  }
  const message = `"${key}" is no key here`;
  const patterns = Object.keys((parentSchema?.["patternProperties"] as object | undefined) ?? {});
  if (patterns.length > 0) return { rule, key, message, hint: 'it is a language, such as "pt-BR"' };
  const known = Object.keys((parentSchema?.["properties"] as object | undefined) ?? {});
  const renamed = OTHER_NAMES[key];
  if (renamed !== undefined && known.includes(renamed)) {
    return { rule, key, message, hint: `here it is called "${renamed}"` };
  }
  return { rule, key, message, hint: suggestion(key, known, "there are") };
}

/** What one form of a content calls `body`, another calls `markdown`. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  body: "markdown",
  text: "body",
};

function notAllowed({ params, data }: SchemaError, kind: Kind, path: Path, name: string): Worded {
  const one = "allowedValue" in params ? [params["allowedValue"]] : params["allowedValues"];
  const allowed = (one as unknown[]).map(String);
  const isChannel = data === "email" || data === "sms" || data === "whatsapp";
  if (kind === "Inbox" && path[0] === "channel" && isChannel) {
    const message = `this provider does not carry ${data}`;
    return { rule: "inbox-provider", message, hint: `it carries ${allowed.join(" and ")}` };
  }
  const message = `${name} cannot be ${short(data)}`;
  const given = typeof data === "string" ? data : "";
  return { rule: "not-allowed", message, hint: suggestion(given, allowed, "it is one of") };
}

function suggestion(given: string, known: readonly string[], otherwise: string): string {
  const near = given === "" ? undefined : didYouMean(given, known);
  return near === undefined ? `${otherwise}: ${known.join(", ")}` : `did you mean "${near}"?`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  object: "a map",
  array: "a list",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  null: "empty",
};

function wrongType({ params, data }: SchemaError, name: string, given: string): Worded {
  const types = [params["type"]].flat().map(String);
  const message = `${name} must be ${types.map((type) => TYPES[type] ?? type).join(" or ")}`;
  const isScalar = typeof data === "number" || typeof data === "boolean";
  // YAML reads 1.10 as 1.1 and 012 as 12: what stands in the file is what was meant.
  if (types.includes("string") && isScalar) {
    return { rule: "wrong-type", message, hint: `put it in quotes: "${given}"` };
  }
  if (data !== null) {
    const isOne = types.includes("array") && typeof data !== "object";
    return { rule: "wrong-type", message, ...(isOne ? { hint: `write [${given}]` } : {}) };
  }
  // `Null` and `~` are empty too.
  return given === "" || !types.includes("string")
    ? { rule: "wrong-type", message: `${message}; it is empty` }
    : { rule: "wrong-type", message, hint: `YAML reads ${given} as empty: put it in quotes` };
}

/** What the value of a key must look like, in words instead of a pattern. */
const FORMS: Readonly<Record<string, string>> = {
  id: "must be lower-case letters, digits and hyphens, at most 63",
  key: "must begin with a lower-case letter, and go on with lower-case letters, digits and _",
  email: "must be an email address",
  approvers: "must be an email address",
  phone: 'must be a phone number in E.164, such as "+12025550123"',
  language: 'must be a language tag, such as "en" or "pt-BR"',
  extra: 'must be a date, such as "2026-12-24"',
  working: 'must be a date, such as "2026-12-24"',
  content_sid: "must be a Content SID: HX and 32 hexadecimal digits",
};

function patternWords(path: Path): string {
  const key = path.findLast((part) => typeof part === "string");
  return FORMS[key ?? ""] ?? "is not of the form it must have";
}

function limitWords({ keyword, params, message }: SchemaError): string {
  const limit = String(params["limit"]);
  switch (keyword) {
    case "minLength":
    case "minProperties":
      return "must not be empty";
    case "minItems":
      return limit === "1" ? "must not be empty" : `needs at least ${limit} entries`;
    case "maxItems":
      return `may have at most ${limit} entries`;
    case "maxLength":
      return `may have at most ${limit} characters`;
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "uniqueItems":
      return "names something twice";
    default:
      return message ?? "is not valid";
  }
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
