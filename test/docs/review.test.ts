import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CURRICULUM } from "../../core/language/catalogue/index.ts";
import { cadenza } from "../support/cli.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";
import { blocksOf } from "./documents.ts";

let repository: TestRepository;
let page: string;

beforeAll(async () => {
  repository = await createRepository();
  page = await readFile("docs/review.md", "utf8");
  const files = blocksOf("docs/guide.md", "yaml").map((text) => {
    const [, path = ""] = /^# (cadences\/\S+)\n/.exec(text) ?? [];
    return [path, text] as const;
  });
  await repository.commit(Object.fromEntries(files));
  await repository.git("checkout", "--quiet", "-b", "topic");
  const [change = ""] = blocksOf("docs/review.md", "diff");
  await writeFile(join(repository.path, "change.diff"), change);
  await repository.git("apply", "change.diff");
  await rm(join(repository.path, "change.diff"));
  await repository.commit({});
});
afterAll(() => repository.remove());

test("the comment in the page is what its change makes", async () => {
  const argv = ["plan", "--against", "main", "--start", "2027-03-26T09:00", "--output", "markdown"];
  const { code, out } = await cadenza(argv, { cwd: repository.path });
  expect(code).toBe(0);
  const shown = /^---\n\n(<!-- cadenza-plan: cadences -->[^]*?)\n---$/m.exec(page)?.[1] ?? "";
  expect(withoutCommits(out)).toBe(withoutCommits(shown));
});

test("every breaking rule has its question", () => {
  const rules = Object.entries(CURRICULUM).filter(
    ([, { by, shown }]) => by === "plan" && "wrong" in shown,
  );
  const [, asked = ""] = page.split("## Breaking changes");
  for (const [id] of rules) expect(asked).toContain(`| \`${id}\` |`);
  expect(rules).toHaveLength(7);
});

function withoutCommits(text: string): string {
  return text.replaceAll(/`[0-9a-f]{12}`/g, "`…`");
}
