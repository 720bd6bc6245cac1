import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf, DOCUMENTS } from "./documents.ts";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  scripts: Record<string, string>;
};

describe.each(DOCUMENTS)("%s", (path) => {
  const text = readFileSync(path, "utf8");

  test("links to what is there", () => {
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, to = ""]) => to);
    expect(targets.filter((to) => !existsSync(join(dirname(path), to)))).toEqual([]);
  });

  test("names npm scripts that exist", () => {
    const named = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test("docs/security.md points at code and tests that are there", () => {
  const text = readFileSync("docs/security.md", "utf8");
  const rooms = "core|store|controller|runtime|cli|test|schemas";
  const named = [...text.matchAll(new RegExp(`\`((?:${rooms})/[\\w./-]+)\``, "g"))];
  expect(named.length).toBeGreaterThan(30);
  const paths = named.map(([, path = ""]) => path);
  expect(paths.filter((path) => !existsSync(path))).toEqual([]);
});

test("every command of the documents is one of the command line's", async () => {
  const { cadenza } = await import("../support/cli.ts");
  const lines = DOCUMENTS.flatMap((path) => blocksOf(path, "sh")).join("\n");
  const used = new Set([...lines.matchAll(/^cadenza ([a-z]+)/gm)].map(([, name = ""]) => name));
  const { out } = await cadenza(["--help"]);
  expect(used.size).toBeGreaterThan(3);
  for (const name of used) expect(out).toMatch(new RegExp(`^  ${name}\\b`, "m"));
});
