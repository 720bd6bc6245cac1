import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkFile, KINDS, type Kind } from "../../schemas/index.ts";
import { cadenza } from "../support/cli.ts";
import { blocksOf, DOCUMENTS } from "./documents.ts";

describe("the guide's workspace", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadenza-guide-"));
    for (const block of blocksOf("docs/guide.md", "yaml")) {
      const [, path] = /^# (cadences\/\S+)\n/.exec(block) ?? [];
      if (path === undefined)
        throw new Error(`an example does not say which file it is:\n${block}`);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), block);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("is valid", async () => {
    const { code, out } = await cadenza(["validate", "--strict"], { cwd: folder });
    expect(out).toBe("");
    expect(code).toBe(0);
  });

  test("proves that who confirms is left in peace", async () => {
    const { code, out } = await cadenza(["test"], { cwd: folder });
    expect(out).toBe("✓ visit › confirmed: Who confirms is left in peace\n");
    expect(code).toBe(0);
  });

  test("previews both reminders to Rui", async () => {
    const argv = ["preview", "visit", "--start", "2027-03-26T09:00", "--output", "json"];
    const { code, out } = await cadenza(argv, { cwd: folder });
    expect(code).toBe(0);
    const [preview] = JSON.parse(out) as [{ steps: { due_at: string; subject: string }[] }];
    expect(preview.steps.map(({ due_at, subject }) => `${due_at} ${subject}`)).toEqual([
      "2027-03-29T10:00:00+01:00 Your visit on 31 March",
      "2027-03-31T08:00:00+01:00 See you today",
    ]);
  });
});

/** The rules' examples are wrong on purpose; the catalogue's own test runs them. */
const OTHERS = DOCUMENTS.filter((path) => path !== "docs/rules.md");

const resources = OTHERS.flatMap((path) =>
  blocksOf(path, "yaml")
    .map((block) => [path, parse(block) as { kind?: Kind } | null] as const)
    .flatMap(([path, resource]) =>
      resource?.kind ? [[path, resource, resource.kind] as const] : [],
    ),
);

test.each(resources)("a resource in %s follows its schema", (_, resource, kind) => {
  expect(KINDS).toContain(kind);
  expect(checkFile(kind, resource)).toEqual([]);
});
