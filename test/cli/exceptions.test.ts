import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CATALOGUE } from "../../core/language/catalogue/index.ts";
import { cadenza } from "../support/cli.ts";
import { plannedRepository } from "./plan/repository.ts";

const WHY = "# cadenza-ignore blank-variable: everybody has a name here";

describe("an exception", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadenza-exceptions-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("holds with --strict, and when the results come from the cache", async () => {
    const root = join(folder, "cadences");
    await cadenza(["init", folder], { cwd: folder });
    const validate = (text: string) => async () => {
      await writeFile(join(root, "sequences/hi.yaml"), text);
      const env = { CADENZA_CACHE: join(folder, "kept") };
      const { code, out } = await cadenza(["validate", "--strict", "--root", root], { env });
      return { code, rules: [...out.matchAll(/\(([a-z-]+)\)$/gm)].map(([, rule]) => rule) };
    };
    const step = `  - { id: hi, wait: 1 day, channel: email, content: { subject: Hi, body: "Hi {{ contact.first_name }}" } }`;
    const head = "kind: Sequence\nid: hi\ntarget: contact\nsteps:\n";
    const bare = validate(`${head}${step}\n`);
    const ignored = validate(`${head}${step} ${WHY}\n`);
    const unused = validate(`${head}${step.replace("contact.first_name", "1")} ${WHY}\n`);
    for (const _ of ["first", "second"]) {
      expect(await bare()).toEqual({ code: 1, rules: ["blank-variable"] });
      expect(await ignored()).toEqual({ code: 0, rules: [] });
      expect(await unused()).toEqual({ code: 1, rules: ["ignore-unused"] });
    }
  });

  test("holds in a plan, where a missing reason is an error", async () => {
    const repository = await plannedRepository();
    try {
      const from = '{{ contact.first_name | default("there") }}';
      const rules = async (to: string) => {
        await repository.edit("visit.yaml", `      body: Hello ${from}`, to);
        const { diagnostics, code } = await repository.planned();
        return { code, rules: diagnostics.map(({ rule }) => rule) };
      };
      const body = "      body: Hello {{ contact.first_name }}";
      expect(await rules(body)).toEqual({ code: 0, rules: ["blank-variable"] });
      expect(await rules(`      ${WHY}\n${body}`)).toEqual({ code: 0, rules: [] });
      const bare = `      ${WHY.split(":")[0]}\n${body}`;
      expect(await rules(bare)).toEqual({ code: 1, rules: ["ignore-reason"] });
    } finally {
      await repository.remove();
    }
  });
});

test("cadenza explain lists every rule below its topic", async () => {
  const { code, out } = await cadenza(["explain"]);
  expect(code).toBe(0);
  const topics = out.split("\n\n").map((block) => block.trimEnd().split("\n"));
  const listed = topics.flatMap(([topic, ...lines]) =>
    lines.map((line) => `${topic}: ${line.split(/ +/)[0]}`),
  );
  expect(listed).toEqual(CATALOGUE.map(({ topic, id }) => `${topic}: ${id}`));
});
