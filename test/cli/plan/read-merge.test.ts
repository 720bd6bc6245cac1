import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withMerge, type MergeOfFiles } from "../../../cli/plan/read-merge.ts";
import { UsageError } from "../../../cli/io.ts";
import { createRepository, type TestRepository } from "../../support/git-remote.ts";

let repository: TestRepository;
beforeEach(async () => {
  repository = await createRepository();
});
afterEach(() => repository.remove());

const a = "kind: A\nid: a\nlines:\n  - one\n  - two\n  - three\n  - four\n  - five\n";
const read = (root = "cadences", against = "main"): Promise<MergeOfFiles> =>
  withMerge(join(repository.path, root), against, (merge) => Promise.resolve(merge));
const textsOf = ({ files }: MergeOfFiles["before"]) =>
  Object.fromEntries(files.map(({ path, text }) => [path, text]));

describe("the merge's result, not the branch", () => {
  beforeEach(async () => {
    await repository.commit({ "cadences/a.yaml": a, "cadences/gone.yaml": "x: 1\n", other: "o\n" });
    await repository.git("checkout", "--quiet", "-b", "topic");
  });

  test("what main has got since is kept, and is no change of this branch", async () => {
    await repository.commit({ "cadences/a.yaml": a.replace("five", "5") });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({
      "cadences/a.yaml": a.replace("one", "1"),
      "cadences/main.yaml": "m: 1\n",
    });
    await repository.git("checkout", "--quiet", "topic");
    const merge = await read();
    expect(textsOf(merge.before)).toMatchObject({
      "a.yaml": a.replace("one", "1"),
      "main.yaml": "m: 1\n",
    });
    expect(textsOf(merge.after)).toEqual({
      "a.yaml": a.replace("one", "1").replace("five", "5"),
      "gone.yaml": "x: 1\n",
      "main.yaml": "m: 1\n",
    });
    expect(merge).toMatchObject({ conflicts: [], uncommitted: [] });
  });

  test("a platform's merge commit as HEAD, although main has moved on", async () => {
    await repository.commit({ "cadences/topic.yaml": "t: 1\n" });
    await repository.git("checkout", "--quiet", "-b", "merge", "main");
    await repository.git("merge", "--quiet", "--no-ff", "-m", "Merge", "topic");
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "cadences/main.yaml": "m: 1\n" });
    await repository.git("checkout", "--quiet", "--detach", "merge");
    expect(Object.keys(textsOf((await read()).after))).toEqual([
      "a.yaml",
      "gone.yaml",
      "main.yaml",
      "topic.yaml",
    ]);
  });

  test("what is not committed counts, and what git ignores does not", async () => {
    await repository.commit({ ".gitignore": "ignored.yaml\n" });
    const at = (name: string) => join(repository.path, "cadences", name);
    await writeFile(at("a.yaml"), a.replace("two", "2"));
    await writeFile(at('new "quoted" \\ ünïcode.yaml'), "n: 1");
    await writeFile(at("ignored.yaml"), "i: 1\n");
    await rm(at("gone.yaml"));
    const before = await repository.git("status", "--porcelain");
    const merge = await read();
    expect(textsOf(merge.after)).toEqual({
      "a.yaml": a.replace("two", "2"),
      'new "quoted" \\ ünïcode.yaml': "n: 1",
    });
    expect(merge.uncommitted).toEqual(["a.yaml", "gone.yaml", 'new "quoted" \\ ünïcode.yaml']);
    expect(await repository.git("status", "--porcelain")).toBe(before);
  });

  test("a checkout with other line ends is unchanged", async () => {
    await writeFile(join(repository.path, "cadences/a.yaml"), a.replaceAll("\n", "\r\n"));
    expect((await read()).uncommitted).toEqual([]);
  });

  test("files outside a sparse checkout are not gone", async () => {
    await repository.git("sparse-checkout", "set", "--no-cone", "/*", "!/cadences/gone.yaml");
    const merge = await read();
    expect(merge.uncommitted).toEqual([]);
    expect(textsOf(merge.after)).toHaveProperty(["gone.yaml"]);
  });

  test("a link that is not committed yet is a finding", async () => {
    await symlink("/etc/passwd", join(repository.path, "cadences/link.yaml"));
    expect((await read()).after.diagnostics).toMatchObject([
      { rule: "unreadable-file", file: "link.yaml" },
    ]);
  });

  test("a conflict is a finding for each file of the workspace, and others do not matter", async () => {
    await repository.commit({ "cadences/a.yaml": a.replace("one", "first"), other: "topic\n" });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ other: "main\n" });
    await repository.git("checkout", "--quiet", "topic");
    expect((await read()).conflicts).toEqual([]);
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "cadences/a.yaml": a.replace("one", "1") });
    await repository.git("checkout", "--quiet", "topic");
    expect((await read()).conflicts).toMatchObject([
      { rule: "merge-conflict", severity: "error", file: "a.yaml" },
    ]);
  });

  test("the repository's own settings start no program", async () => {
    const trap = join(repository.path, "trap");
    await repository.git("config", "core.fsmonitor", `touch ${trap}; false`);
    await repository.git("config", "filter.evil.clean", `touch ${trap}; cat`);
    await repository.git("config", "filter.evil.smudge", `touch ${trap}; cat`);
    await repository.git("config", "merge.evil.driver", `touch ${trap}`);
    const attributes = "*.yaml filter=evil merge=evil diff=evil\n";
    await writeFile(join(repository.path, ".gitattributes"), attributes);
    await writeFile(join(repository.path, "cadences/a.yaml"), a.replace("two", "2"));
    expect((await read()).uncommitted).toEqual(["a.yaml"]);
    await expect(rm(trap)).rejects.toThrow("ENOENT");
  });

  test("the workspace may be the top of the repository", async () => {
    expect(Object.keys(textsOf((await read(".")).after))).toEqual([
      "cadences/a.yaml",
      "cadences/gone.yaml",
    ]);
  });

  test("the branch's earlier states, the newest first", async () => {
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "cadences/a.yaml": "second: 1\n" });
    await repository.commit({ other: "no change of the workspace\n" });
    await repository.commit({ "cadences/a.yaml": "third: 1\n" });
    const texts = await withMerge(join(repository.path, "cadences"), "main", async (merge) => {
      const found: (string | undefined)[] = [];
      for await (const { files } of merge.earlier()) found.push(textsOf(files)["a.yaml"]);
      return found;
    });
    expect(texts).toEqual(["second: 1\n", a]);
  });
});

describe("what cannot be compared says what to do", () => {
  let clone: string;
  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), "cadenza-clone-"));
    for (const n of [1, 2, 3]) await repository.commit({ "cadences/a.yaml": `n: ${n}\n` });
    await repository.git("checkout", "--quiet", "-b", "topic");
    for (const n of [4, 5]) await repository.commit({ "cadences/b.yaml": `n: ${n}\n` });
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "cadences/c.yaml": "n: 6\n" });
  });
  afterEach(() => rm(clone, { recursive: true, force: true }));

  const run = promisify(execFile);
  const git = (...args: string[]) => run("git", args, { cwd: clone });
  const cloneOf = (...options: string[]) => {
    // A fetch would begin it in the background, where it goes on while the clone is deleted.
    const noUpkeep = "--config=maintenance.auto=false";
    return run("git", [
      "clone",
      "--quiet",
      noUpkeep,
      ...options,
      `file://${repository.path}`,
      clone,
    ]);
  };
  const readClone = (against: string) =>
    withMerge(join(clone, "cadences"), against, ({ after }) => Promise.resolve(textsOf(after)));
  const messageOf = async (against: string) => {
    const error: unknown = await readClone(against).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  };
  const mended = { "a.yaml": "n: 3\n", "b.yaml": "n: 5\n", "c.yaml": "n: 6\n" };
  const runIn = (message: string) => {
    const command = /git (fetch [^,(]*)/.exec(message)?.[1] ?? "";
    return git(...command.trim().split(" "));
  };

  test("a shallow clone that lacks the branch: the printed command mends it", async () => {
    await cloneOf("--depth=1", "--branch=topic");
    const message = await messageOf("origin/main");
    expect(message).toContain(
      "git fetch --unshallow origin +refs/heads/main:refs/remotes/origin/main",
    );
    await runIn(message);
    expect(await readClone("origin/main")).toEqual(mended);
  });

  test("a shallow clone that has the branch and not where they parted", async () => {
    await cloneOf("--depth=1", "--branch=topic", "--no-single-branch");
    const message = await messageOf("origin/main");
    expect(message).toMatch(/shallow.*fetch-depth: 0/);
    await runIn(message);
    expect(await readClone("origin/main")).toEqual(mended);
  });

  test("a shallow clone that goes back far enough is enough", async () => {
    await cloneOf("--depth=3", "--branch=topic", "--no-single-branch");
    expect(await readClone("origin/main")).toEqual(mended);
  });

  test("a partial clone that lacks files", async () => {
    await repository.git("config", "uploadpack.allowFilter", "true");
    await cloneOf("--filter=blob:none", "--branch=topic");
    const message = await messageOf("origin/main");
    expect(message).toContain("git fetch --refetch --no-filter origin");
    await runIn(message);
    expect(await readClone("origin/main")).toEqual(mended);
  });

  test("a branch that was never fetched", async () => {
    await cloneOf("--single-branch", "--branch=topic");
    const message = await messageOf("origin/main");
    expect(message).toContain("git fetch origin +refs/heads/main:refs/remotes/origin/main");
    await runIn(message);
    expect(await readClone("origin/main")).toEqual(mended);
    expect(await messageOf("main")).toContain("did you mean --against origin/main?");
  });

  test("no such name, and names that are no names", async () => {
    await cloneOf("--branch=topic");
    expect(await messageOf("origin/nope")).toContain("origin/nope is no commit here");
    for (const bad of ["--output=/tmp/x", "$(reboot)", "a b; c", "a\nb", ""]) {
      expect(await messageOf(bad)).not.toMatch(/git fetch/);
    }
  });

  test("histories that have nothing in common", async () => {
    await cloneOf("--branch=topic");
    await git("checkout", "--quiet", "--orphan", "new");
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    await git(...author, "commit", "--quiet", "-m", "x");
    expect(await messageOf("origin/main")).toMatch(/share no history/);
  });

  test("no repository, and one without commits", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cadenza-none-"));
    await expect(withMerge(folder, "main", () => Promise.resolve())).rejects.toThrow(
      /is in no git repository/,
    );
    await rm(folder, { recursive: true });
  });
});
