import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTemplates } from "../../core/library/read-templates.ts";
import { readValue } from "../../core/library/read-value.ts";
import { SAMPLE_WORKSPACE } from "../../core/library/sample-workspace.ts";
import type { TemplateParameter } from "../../schemas/index.ts";
import { cadenza } from "../support/cli.ts";
import { blocksOf } from "./documents.ts";

let page: string;
let folder: string;

beforeAll(async () => {
  page = await readFile("docs/library.md", "utf8");
  folder = await mkdtemp(join(tmpdir(), "cadenza-library-"));
  const [own = ""] = blocksOf("docs/library.md", "yaml");
  const [, path = ""] = /^# cadences\/(\S+)\n/.exec(own) ?? [];
  for (const file of [...SAMPLE_WORKSPACE, { path, text: own }]) {
    await mkdir(dirname(join(folder, file.path)), { recursive: true });
    await writeFile(join(folder, file.path), file.text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const said = (line: string) => cadenza(argumentsOf(line), { cwd: folder });

/** The words of a command, as a shell would read them. */
function argumentsOf(line: string): string[] {
  const words = line.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  return words.slice(1).map((word) => word.replaceAll('"', ""));
}

test("the table has every template of the library, as it is", async () => {
  const paths = globSync("cadences/library/*.yaml");
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })),
  );
  const rows = readTemplates(files)
    .toSorted((a, b) => a.value.niche.localeCompare(b.value.niche, "en"))
    .map(({ value: { id, niche, language, target, description = "" } }) => {
      const [first] = description.replaceAll(/\s+/g, " ").split(/(?<=\.) /);
      return `| \`${id}\` | ${niche} | ${language} | ${target} | ${first} |`;
    });
  const [, table] = /\| template \|.*\n\|[-|]+\n([^]*?)\n\n/.exec(page) ?? [];
  expect(table).toBe(rows.join("\n"));
});

describe("the commands of the page", () => {
  test("do what it says", async () => {
    const [block = ""] = blocksOf("docs/library.md", "sh");
    const lines = block.replaceAll(/ *\\\n */g, " ").replaceAll(/ +#.*/g, "");
    for (const line of lines.trim().split("\n")) expect((await said(line)).code, line).toBe(0);
    const strict = await said("cadenza validate --strict");
    expect(strict).toMatchObject({ code: 0, out: "" });
    expect(await readFile(join(folder, "sequences/review-request.yaml"), "utf8")).toContain(
      "made_from: review-request",
    );
  });

  test("the page's own template is valid, listed, applied, and reads well", async () => {
    expect((await said("cadenza template list --niche restaurants")).out).toContain(
      "table-reminder",
    );
    const values = '--set restaurant="Kai\'s" --set phone="(555) 010-0124"';
    expect((await said(`cadenza template apply table-reminder ${values}`)).err).not.toContain(
      "warning",
    );
    expect(await said("cadenza validate --strict")).toMatchObject({ code: 0, out: "" });
    const preview = "cadenza preview table-reminder --start 2026-03-02T10:00 --output json";
    const [{ steps }] = JSON.parse((await said(preview)).out) as [{ steps: object[] }];
    expect(steps).toMatchObject([
      {
        due_at: "2026-03-03T15:30:00Z",
        text: "Kai's: your table for 4 is ready at 7:30 PM. Something came up? (555) 010-0124",
        segments: 1,
      },
    ]);
  });
});

describe("the table of types", () => {
  type Type = TemplateParameter["type"];
  const rows = () => [...page.matchAll(/^\| `(\w+)` \| [^|]* \| (?:`([^`]*)`)? ?\|$/gm)];

  test("has each type of the schema", async () => {
    const schema = await readFile("schemas/sequence-template.schema.json", "utf8");
    const [, types = ""] = /"Parameter type"[^]*?"enum": (\[[^\]]*\])/.exec(schema) ?? [];
    expect(rows().map(([, type]) => type)).toEqual(JSON.parse(types));
  });

  test("has examples that are taken", () => {
    const given = rows().flatMap(([, type, example]) => (example ? [{ type, example }] : []));
    expect(given).toHaveLength(7);
    for (const { type, example } of given) {
      const read = readValue({ type: type as Type, description: "x" }, example);
      expect(read, type).toHaveProperty("text");
    }
  });
});
