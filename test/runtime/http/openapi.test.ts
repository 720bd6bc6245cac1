import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { useApp } from "./harness.ts";

const http = useApp();

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly responses: {
    readonly [status: string]: { readonly content?: Record<string, { schema: object }> };
  };
  readonly requestBody?: { readonly content: object };
}
interface Document {
  readonly openapi: string;
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } };
  readonly components: {
    readonly schemas: { readonly [name: string]: object };
    readonly securitySchemes: object;
  };
  readonly tags: readonly { readonly name: string }[];
}
let document: Document;
let operations: readonly (readonly [string, Operation])[];

beforeAll(async () => {
  const response = await http.app.inject("/openapi.json");
  document = response.json();
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
  );
});

describe("/openapi.json", () => {
  it("is OpenAPI 3.1, and public", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(operations.length).toBeGreaterThan(40);
  });

  it("describes each operation: summary, tag, security, answers and problems", () => {
    const tags = document.tags.map((tag) => tag.name);
    for (const [name, operation] of operations) {
      expect(operation.summary, name).toBeTruthy();
      expect(tags, name).toContain(operation.tags?.[0]);
      const isPublic = name.includes("/health/") || name.includes("/webhooks/");
      expect(operation.security === undefined, name).toBe(isPublic);
      const problems = isPublic ? ["500"] : ["400", "401", "403", "500", "503"];
      for (const status of problems) {
        expect(
          Object.keys(operation.responses[status]?.content ?? {}),
          `${name} ${status}`,
        ).toEqual(["application/problem+json"]);
      }
      expect(
        Object.keys(operation.responses).some((status) => status.startsWith("2")),
        name,
      ).toBe(true);
    }
  });

  it("has no reference that leads nowhere", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(50);
    for (const reference of new Set(references)) {
      const name = reference.replace("#/components/schemas/", "");
      expect(Object.keys(document.components.schemas), reference).toContain(name);
    }
  });

  it("holds only schemas that are JSON Schema 2020-12", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  it("names every parameter of a path", () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      for (const operation of Object.values(methods) as (Operation & {
        parameters?: { name: string; in: string }[];
      })[]) {
        const given = (operation.parameters ?? [])
          .filter((one) => one.in === "path")
          .map((one) => one.name);
        expect(given.toSorted(), path).toEqual(named.toSorted());
      }
    }
  });
});

describe("/docs", () => {
  it("is a page that loads nothing from elsewhere", async () => {
    const page = await http.app.inject("/docs/");
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});
