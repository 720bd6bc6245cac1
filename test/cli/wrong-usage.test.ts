import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareDataFolder } from "../../cli/serve/data-folder.ts";
import { cadenza } from "../support/cli.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-usage-"));
  await writeFile(join(folder, "a-file"), "");
});
afterAll(() => rm(folder, { recursive: true }));

describe("wrong usage is one line that says what to do, and exit code 2", () => {
  test.each([
    [["statuss"], "unknown command 'statuss' (Did you mean status?)"],
    [["status", "--serve", "x"], "unknown option '--serve' (Did you mean --server?)"],
    [["validate", "--output", "xml"], "Allowed choices are pretty, json"],
    [["messages", "settle", "x"], "required option '--as <outcome>' not specified"],
    [["serve", "extra"], "too many arguments for 'serve'"],
    [["enrollments", "nope"], "nope is neither an enrollment's id nor one of: pause, resume"],
    [["enrollments", "--state", "gone"], "Allowed choices are active, paused, held"],
    [["enrollments", "--limit", "many"], "--limit many: write a number from 1 on"],
    [["enrollments", "--limit", "0"], "--limit 0: write a number from 1 on"],
    [["enrollments", "pause"], "name the enrollment to pause"],
    [["enrollments", "pause", "nope"], 'nope is no enrollment\'s id; "cadenza enrollments" lists'],
    [["serve", "--data", "a-file", "--source", "."], "a-file cannot hold the server's files"],
  ])("%j", async (argv, message) => {
    const { code, out, err } = await cadenza(argv, { cwd: folder });
    expect(err).toContain(message);
    expect(err).toMatch(/^cadenza: [^\n]+\n$/);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});

test("no command at all lists them", async () => {
  const { code, err } = await cadenza([], { cwd: folder });
  expect(err).toContain("Usage: cadenza");
  expect(err).toContain("validate");
  expect(code).toBe(2);
});

test("what the server keeps, its key above all, stays out of the repository around it", async () => {
  const data = join(folder, ".cadenza");
  await prepareDataFolder(data);
  expect(await readFile(join(data, ".gitignore"), "utf8")).toBe("*\n");
  await prepareDataFolder(data);
});
