import { PROBLEMS, type ProblemName } from "../problem.ts";

/** An id of the customer's own making: any printable text, so that it can be anybody's key. */
export const externalId = {
  type: "string",
  minLength: 1,
  maxLength: 200,
  pattern: "^[^\\u0000-\\u001f\\u007f]*$",
  "x-pattern-message": "must hold no control characters",
} as const;

/** The id of a resource of the language. */
export const resourceId = {
  type: "string",
  pattern: "^[a-z0-9][a-z0-9-]{0,62}$",
  "x-pattern-message": "must be lower-case letters, digits and hyphens",
} as const;

export const uuid = {
  type: "string",
  pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
  "x-pattern-message": "must be a UUID",
} as const;

export const instant = { type: "string", format: "date-time" } as const;
export const maybeInstant = { type: ["string", "null"], format: "date-time" } as const;
export const maybeText = { type: ["string", "null"] } as const;
export const channel = { type: "string", enum: ["email", "sms", "whatsapp"] } as const;
export const purpose = { type: "string", enum: ["marketing", "all"] } as const;
export const targetType = {
  type: "string",
  enum: ["contact", "conversation", "deal", "appointment", "charge"],
} as const;
export const commit = {
  type: "string",
  pattern: "^[0-9a-f]{40}([0-9a-f]{24})?$",
  "x-pattern-message": "must be a full commit id",
} as const;

/** Query parameters of every list. */
export const pageQuery = {
  limit: { type: "integer", minimum: 1, maximum: 200, default: 50 },
  cursor: {
    type: "string",
    maxLength: 400,
    description: "`next_cursor` of the page before.",
  },
} as const;

/** The parameter of an address that names one thing. */
export function params<T extends object>(properties: T) {
  return { type: "object", required: Object.keys(properties), properties } as const;
}

/** A closed query. */
export function query<T extends object>(properties: T) {
  return { type: "object", additionalProperties: false, properties } as const;
}

/** An object of an answer: every property is there, and nothing else. */
export function answer<T extends object>(properties: T, description?: string) {
  return {
    type: "object",
    ...(description === undefined ? {} : { description }),
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  } as const;
}

/** A page of a list. */
export function listOf(name: string) {
  return answer(
    { data: { type: "array", items: { $ref: `${name}#` } }, next_cursor: maybeText },
    "A page; `next_cursor` is null on the last one.",
  );
}

/** An answer of a shared schema. */
export function ok(name: string, description: string) {
  return { description, $ref: `${name}#` } as const;
}

export const problemSchema = {
  $id: "Problem",
  description: "RFC 9457 problem details.",
  type: "object",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string", format: "uri", examples: ["urn:cadenza:problem:invalid-request"] },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "What to do about it." },
    instance: { type: "string", description: "The address that was asked." },
    errors: {
      type: "array",
      description: "Every field that is wrong.",
      items: {
        type: "object",
        required: ["in", "path", "message"],
        properties: {
          in: { type: "string", enum: ["body", "query", "path", "header"] },
          path: { type: "string", description: "JSON pointer into the body, or parameter name." },
          message: { type: "string" },
          hint: { type: "string" },
        },
      },
    },
  },
} as const;

const retryAfter = {
  "Retry-After": { type: "integer", description: "Seconds until it is worth another try." },
} as const;
const ALWAYS: readonly ProblemName[] = ["invalid-request", "internal", "unavailable"];

/** The answers of a route when it refuses: those named, and those that every route can give. */
export function problems(...names: ProblemName[]) {
  const byStatus = new Map<number, string[]>();
  for (const name of new Set([...names, ...ALWAYS])) {
    const [status, title] = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${title} (\`${name}\`)`]);
  }
  const answers = [...byStatus].map(([status, titles]) => [
    status,
    {
      description: titles.join("; "),
      ...(status === 429 ? { headers: retryAfter } : {}),
      content: { "application/problem+json": { schema: { $ref: "Problem#" } } },
    },
  ]);
  return Object.fromEntries(answers) as { readonly [status: number]: object };
}
