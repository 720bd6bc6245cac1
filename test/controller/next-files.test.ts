import { mkdtemp, rm, symlink, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFiles } from "../../controller/files.ts";
import { openGit, type Git, type Sha } from "../../controller/git.ts";
import { createMemory } from "../../controller/memory.ts";
import { readNext, type KnownFiles } from "../../controller/next-files.ts";
import { sourceOf } from "../../controller/source.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";
import { sourceAt } from "./scenario.ts";

let repository: TestRepository;
let dataDir: string;
let git: Git;
let known: KnownFiles;
beforeEach(async () => {
  repository = await createRepository();
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-data-"));
  git = await openGit(sourceOf(sourceAt(repository.path)), dataDir);
  known = createMemory().files;
});
afterEach(async () => {
  await repository.remove();
  await rm(dataDir, { recursive: true, force: true });
});

/** Reads the branch as it is now: what is remembered must change nothing. @returns whether all was listed */
async function look(path = "cadences"): Promise<"listed" | "compared"> {
  const { head } = await git.fetch();
  const commands: string[] = [];
  const watched = { ...git, run: (args: readonly string[]) => git.run(note(commands, args)) };
  const read = await readNext(watched, head, path, known);
  expect(read).toEqual(await readFiles(git, head, path));
  return commands.includes("ls-tree") ? "listed" : "compared";
}

function note(commands: string[], args: readonly string[]): readonly string[] {
  commands.push(...args.slice(0, 1));
  return args;
}

const FILES = {
  "notes.md": "1",
  "cadences/cadenza.yaml": "kind: Workspace\n",
  "cadences/a.yaml": "1\n",
  "cadences/a/b.yaml": "2\n",
  "cadences/a-b.yaml": "3\n",
  'cadences/ünï "q"\\*.yml': "4\n",
  "cadences/:(top)*.yaml": "5\n",
  "other/x.yaml": "6\n",
};

describe("a commit after the one that was read last", () => {
  test.each<[string, Record<string, string | Uint8Array | null>, "listed" | "compared"]>([
    ["that changes nothing", {}, "compared"],
    ["that changes texts", { "cadences/a.yaml": "x\n", "cadences/a/b.yaml": "x\n" }, "compared"],
    [
      "with names like no other",
      { 'cadences/ünï "q"\\*.yml': "x", "cadences/:(top)*.yaml": "y" },
      "compared",
    ],
    ["that empties a file", { "cadences/a.yaml": "" }, "compared"],
    [
      "of other files",
      { "notes.md": "2", "cadences/x.txt": "", "cadences/.x.yaml": "", "other/x.yaml": "x" },
      "compared",
    ],
    ["with a new file", { "cadences/c.yaml": "x\n" }, "listed"],
    ["without a file", { "cadences/a-b.yaml": null }, "listed"],
    ["that renames a file", { "cadences/a.yaml": null, "cadences/0.yaml": "1\n" }, "listed"],
    ["with a file that is no text", { "cadences/a.yaml": new Uint8Array([0xff, 0xfe]) }, "listed"],
    ["with a file that is too big", { "cadences/a.yaml": "x".repeat(1_000_001) }, "listed"],
    [
      "with a file in Git LFS",
      { "cadences/a.yaml": "version https://git-lfs.github.com/spec/v1\n" },
      "listed",
    ],
  ])("%s", async (_, changes, expected) => {
    await repository.commit(FILES);
    expect(await look()).toBe("listed");
    await repository.commit(changes);
    expect(await look()).toBe(expected);
    await repository.commit({ "cadences/a/b.yaml": "once more\n" });
    await look();
    await repository.commit(FILES);
    await look();
  });

  test("where a file becomes a link, a submodule or a program", async () => {
    await repository.commit(FILES);
    await look();
    await unlink(join(repository.path, "cadences/a.yaml"));
    await symlink("/etc/passwd", join(repository.path, "cadences/a.yaml"));
    await repository.commit({});
    expect(await look()).toBe("listed");
    await unlink(join(repository.path, "cadences/a.yaml"));
    await repository.commit({ "cadences/a.yaml": "back\n" });
    expect(await look()).toBe("listed");
    await repository.git("update-index", "--chmod=+x", "cadences/a-b.yaml");
    await repository.git("commit", "--quiet", "-m", "A program");
    expect(await look()).toBe("compared");
    const module = `160000,${"a".repeat(40)},cadences/a.yaml`;
    await repository.git("update-index", "--cacheinfo", module);
    await repository.git("commit", "--quiet", "-m", "A submodule");
    expect(await look()).toBe("listed");
  });

  test("of another folder, or of another history", async () => {
    await repository.commit({ ...FILES, "a*/x.yaml": "1", "ab/x.yaml": "2" });
    await look();
    expect(await look("a*")).toBe("listed");
    await repository.commit({ "a*/x.yaml": "3", "ab/x.yaml": "4" });
    expect(await look("a*")).toBe("compared");
    await repository.git("checkout", "--quiet", "--orphan", "elsewhere");
    await repository.commit({ "a*/x.yaml": "5" });
    await repository.git("branch", "-M", "main");
    expect(await look("a*")).toBe("compared");
    expect(await look("")).toBe("listed");
    await repository.commit({ "a*/x.yaml": "6" });
    expect(await look("")).toBe("compared");
  });

  test("that changes more than is compared", async () => {
    const all = (text: string) =>
      Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`cadences/${n}.yaml`, text]));
    await repository.commit(all("1\n"));
    await look();
    await repository.commit(all("2\n"));
    expect(await look()).toBe("listed");
  });

  test("is read as a whole where the one before is gone from the mirror", async () => {
    await repository.commit(FILES);
    await look();
    known.last = { ...known.last!, sha: "f".repeat(40) as Sha };
    await repository.commit({ "cadences/a.yaml": "x\n" });
    expect(await look()).toBe("listed");
  });
});
