import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUE, CURRICULUM, ruleNamed } from "../../../core/language/catalogue/index.ts";
import type { Example, Lesson } from "../../../core/language/catalogue/lesson.ts";
import { compile, type SourceFile } from "../../../core/language/index.ts";
import { diffWorkspaces, type State } from "../../../core/language/diff/index.ts";
import { GOLDEN, overBase, split } from "./golden.ts";

const ROOT = join(import.meta.dirname, "../../..");
const LESSONS = Object.entries<Lesson>(CURRICULUM);

/** The files of an example in the workspace that golden cases stand in. */
function filesOf(text: string, rule: string): SourceFile[] {
  return overBase(split(text.trimStart(), `${rule}.yaml`));
}

function stateOf(files: readonly SourceFile[]): State {
  const { sequences, attributes, workspace, inboxes, diagnostics } = compile(files);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return { files, sequences, attributes, workspace, inboxes };
}

function rulesBroken(example: Example, text: string, rule: string): string[] {
  const files = filesOf(text, rule);
  if (example.before === undefined) return compile(files).diagnostics.map((found) => found.rule);
  const before = stateOf(filesOf(example.before, rule));
  return diffWorkspaces(before, stateOf(files)).breaking.map((found) => found.rule);
}

describe("the rule catalogue", () => {
  const shown = LESSONS.flatMap(([rule, { shown: example }]) =>
    "mend" in example ? [] : [{ rule, example }],
  );

  it.each(shown)("$rule: the wrong example breaks it, the right one breaks none", (one) => {
    const { rule, example } = one;
    expect(rulesBroken(example, example.wrong, rule)).toContain(rule);
    expect(rulesBroken(example, example.right, rule)).toEqual([]);
  });

  it.each(CATALOGUE)("$id: one line, and a page that says more", ({ id, reason, page }) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(reason).toMatch(/^[A-Z].{20,110}[.?]$/);
    expect(page.length).toBeGreaterThan(reason.length);
    expect(ruleNamed(id)?.page).toBe(page);
  });

  it("knows every rule that the source names", () => {
    const folders = ["core", "controller", "cli"].map((folder) => join(ROOT, folder));
    const named = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .flatMap((name) => [...rulesNamedIn(readFileSync(join(folder, name), "utf8"))]),
    );
    expect(new Set(named).size).toBeGreaterThan(30);
    expect([...new Set(named)].filter((rule) => ruleNamed(rule) === undefined)).toEqual([]);
  });

  it("has a golden case of every rule that files can break", () => {
    const outputs = readdirSync(join(GOLDEN, "err")).filter((name) => name.endsWith(".out"));
    const told = new Set(
      outputs.flatMap((name) => {
        const text = readFileSync(join(GOLDEN, "err", name), "utf8");
        return [...text.matchAll(/\(([a-z-]+)\)$/gm)].map(([, rule]) => rule);
      }),
    );
    const missing = LESSONS.filter(([rule, { by }]) => by === undefined && !told.has(rule));
    expect(missing.map(([rule]) => rule).toSorted()).toEqual(NOT_GOLDEN);
    const unnamed = outputs.filter((name) => !ruleNamed(basename(name).split(".")[0] ?? ""));
    expect(unnamed).toEqual([]);
  });
});

/** Needs thousands of lines, or bytes that are no text: tested with hostile files. */
const NOT_GOLDEN = ["file-too-big", "too-many-findings", "unreadable-file"];

/** `rule: "…"`, `rule = "…"`, and the first argument of what reports. The type `RuleId` sees to the others. */
function* rulesNamedIn(source: string): Generator<string> {
  const pattern = /\b(?:rule(?:: | = )|(?:report|fail|inWorkspace)\()"([a-z-]+)"(?! \|)/g;
  for (const [, rule = ""] of source.matchAll(pattern)) yield rule;
}
