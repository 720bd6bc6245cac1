import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { generateEntities } from "../../scripts/generation/entities.ts";
import { loadSchemas } from "../../scripts/generation/load.ts";
import { generateReference } from "../../scripts/generation/reference.ts";
import { generateRules } from "../../scripts/generation/rules.ts";
import { generateTypes } from "../../scripts/generation/types.ts";
import { generateValidators } from "../../scripts/generation/validators.ts";
import { entities } from "../../schemas/index.ts";

const committed = (name: string) =>
  readFileSync(new URL(`../../schemas/generated/${name}`, import.meta.url), "utf8");

describe("the generated files", () => {
  it("are what the schemas make, byte for byte", async () => {
    const schemas = await loadSchemas();
    expect(await generateTypes(schemas)).toBe(committed("types.ts"));
    expect(generateEntities(schemas)).toBe(committed("entities.ts"));
    for (const [name, text] of Object.entries(await generateValidators(schemas))) {
      expect(text === committed(name), name).toBe(true);
    }
    expect(generateReference(schemas)).toBe(readFileSync("docs/reference.md", "utf8"));
    expect(generateRules()).toBe(readFileSync("docs/rules.md", "utf8"));
  });

  it("include validators that run alone, where no package can be found", async () => {
    const alone = join(mkdtempSync(join(tmpdir(), "cadenza-")), "validators.mjs");
    writeFileSync(alone, committed("validators.js"));
    const validators = await import(/* @vite-ignore */ pathToFileURL(alone).href);
    expect(validators.CustomAttribute({ kind: "CustomAttribute" })).toBe(false);
    rmSync(dirname(alone), { recursive: true });
  });

  it("list the closed fields of the contract", () => {
    const fields = Object.entries(entities).map(([name, entity]) => [
      name,
      "fields" in entity
        ? [...Object.keys(entity.fields), ...(entity.custom ? ["custom"] : [])].join(", ")
        : "",
    ]);
    expect(Object.fromEntries(fields)).toEqual({
      contact: "id, name, first_name, last_name, email, phone, timezone, language, company, custom",
      agent: "id, name, email",
      conversation: "id, contact_id, inbox, status, subject, last_inbound_at, agent_id, custom",
      deal: "id, contact_id, title, value, currency, stage, status, expected_close_on, agent_id, custom",
      appointment: "id, contact_id, title, starts_at, ends_at, location, status, custom",
      charge: "id, contact_id, number, amount, currency, due_on, payment_url, status, custom",
      workspace: "name, address",
      enrollment: "id, started_at",
      unsubscribe_url: "",
    });
  });

  it("type dates by their names", () => {
    const fields = Object.values(entities).flatMap((entity) =>
      "fields" in entity ? Object.entries(entity.fields) : [],
    );
    const typed = (ending: string) =>
      new Set(fields.filter(([name]) => name.endsWith(ending)).map(([, { type }]) => type));
    expect([typed("_on"), typed("_at")]).toEqual([new Set(["date"]), new Set(["datetime"])]);
  });
});
