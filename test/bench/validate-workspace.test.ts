import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { median } from "../../bench/measure.ts";
import { writeWorkspace } from "../../bench/validate-workspace.ts";
import { readWorkspace } from "../../cli/workspace-files.ts";
import { compile } from "../../core/language/index.ts";

const root = await mkdtemp(join(tmpdir(), "cadenza-bench-"));
afterAll(() => rm(root, { recursive: true }));

it("measures valid sequences of 60 lines, no two alike", async () => {
  await writeWorkspace(root, 3);
  const { files } = readWorkspace(root);
  const sequences = files.filter(({ path }) => path.startsWith("sequences/"));
  expect(sequences.map(({ text }) => text.trimEnd().split("\n").length)).toEqual([60, 60, 60]);
  const compiled = compile(files);
  expect(compiled.diagnostics).toEqual([]);
  expect(new Set(compiled.sequences.map(({ digest }) => digest)).size).toBe(3);
});

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
  [[], NaN],
])("takes the median of %j", (values, middle) => {
  expect(median(values)).toBe(middle);
});
