import { execFile } from "node:child_process";
import { cp, glob, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * A linter that looks at nothing reports no violations either. So a small house with every kind of
 * violation is built beside ours, under the same configuration, and exactly its findings are wanted.
 */
const project = join(import.meta.dirname, "../..");
const CONFIGURATION = [".oxlintrc.json", "tsconfig.json", "package.json", "scripts/lint"];

let neighbourhood: string;
let house: string;
beforeAll(async () => {
  neighbourhood = await mkdtemp(join(tmpdir(), "cadenza-boundaries-"));
  house = join(neighbourhood, "house");
  await cp(join(import.meta.dirname, "tree"), house, { recursive: true });
  for (const path of CONFIGURATION) {
    await cp(join(project, path), join(house, path), { recursive: true });
  }
  // Beside the house, where modules are found but not linted.
  await symlink(join(project, "node_modules"), join(neighbourhood, "node_modules"));
});
afterAll(() => rm(neighbourhood, { recursive: true }));

test("the linter finds each planted violation, and nothing else", async () => {
  const planted = await plantedIn(house);
  expect(planted.length).toBeGreaterThan(15);
  expect(await findingsIn(house)).toEqual(planted);
}, 60_000);

/** The lines that say which rule they break. */
async function plantedIn(folder: string): Promise<string[]> {
  const planted: string[] = [];
  for await (const file of glob("{schemas,core,store,controller,runtime,cli}/**/*.ts", {
    cwd: folder,
  })) {
    const lines = (await readFile(join(folder, file), "utf8")).split("\n");
    for (const [index, line] of lines.entries()) {
      const rule = / \/\/ breaks (.+)$/.exec(line)?.[1];
      if (rule !== undefined) planted.push(`${file}:${index + 1} ${rule}`);
    }
  }
  return planted.toSorted();
}

async function findingsIn(folder: string): Promise<string[]> {
  const oxlint = join(project, "node_modules/oxlint/bin/oxlint");
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [oxlint, "--format=json"], { cwd: folder }, (_, stdout, stderr) => {
      if (stderr === "") resolve(stdout);
      else reject(new Error(stderr));
    });
  });
  const { diagnostics } = JSON.parse(output) as { diagnostics: readonly Finding[] };
  return diagnostics
    .map(({ code, filename, labels }) => `${filename}:${labels[0]?.span.line} ${code}`)
    .toSorted();
}

interface Finding {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}
