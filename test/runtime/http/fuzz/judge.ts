import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { OpenApi, Operation } from "./document.ts";

/** An answer, as far as the document speaks of it. */
export interface Given {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: unknown };
  readonly body: string;
}

/** Tells what is wrong with an answer by the document; null where all is well. */
export function createJudge(
  document: OpenApi,
): (operation: Operation, given: Given) => string | null {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "openapi", ...document });
  const compiled = new Map<object, ValidateFunction>();
  const wrongWith = (schema: object, value: unknown) => {
    const rooted = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components'),
    ) as object;
    const validate = compiled.get(schema) ?? ajv.compile(rooted);
    compiled.set(schema, validate);
    return validate(value) ? null : ajv.errorsText(validate.errors);
  };

  return (operation, { statusCode, headers, body }) => {
    const answer = operation.responses[String(statusCode)];
    if (statusCode === 500) return "it failed";
    if (answer === undefined) return `status ${statusCode} is not documented`;
    if (answer.content === undefined) return body === "" ? null : "it has a body";
    const [type = ""] = String(headers["content-type"]).split(";");
    const described = answer.content[type];
    if (described === undefined) return `content type ${type} is not documented for ${statusCode}`;
    if (type === "application/problem+json") {
      const { status } = JSON.parse(body) as { status: unknown };
      if (status !== statusCode) return "the problem has another status";
    }
    if (!type.includes("json")) return null;
    const texts = type.includes("ndjson") ? body.split("\n").filter(Boolean) : [body];
    for (const text of texts) {
      const wrong = wrongWith(described.schema, JSON.parse(text));
      if (wrong !== null) return `${wrong} in ${text.slice(0, 500)}`;
    }
    return null;
  };
}
