import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commitsSince, readCommit } from "../../controller/commits.ts";
import { readFiles } from "../../controller/files.ts";
import { openGit, shaOf, type Git, type Sha } from "../../controller/git.ts";
import { InvalidSource, sourceOf, type SourceSettings } from "../../controller/source.ts";
import { createRepository, serveRepository, type TestRepository } from "../support/git-remote.ts";
import { sourceAt } from "./scenario.ts";

let repository: TestRepository;
let dataDir: string;
beforeEach(async () => {
  repository = await createRepository();
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-data-"));
});
afterEach(async () => {
  await repository.remove();
  await rm(dataDir, { recursive: true, force: true });
});

const settings = (given: Partial<SourceSettings> = {}) => sourceAt(repository.path, given);
const open = (given: Partial<SourceSettings> = {}, timeoutMs = 20_000): Promise<Git> =>
  openGit(sourceOf(settings(given)), dataDir, { timeoutMs });

/** The commits that were merged since one, by their ids. */
const since = async (git: Git, applied: Sha, head: Sha) =>
  (await commitsSince(git, applied, head))?.map((step) =>
    typeof step === "string" ? step : step.sha,
  ) ?? null;

describe("where cadences come from", () => {
  test.each([
    ["a local path", () => repository.path],
    ["a file URL", () => `file://${repository.path}`],
  ])("%s, on its current branch", async (_, url) => {
    const sha = await repository.commit({ "cadences/cadenza.yaml": "kind: Workspace\n" });
    expect(await (await open({ url: url() })).fetch()).toEqual({ head: sha, branch: "main" });
  });

  test("a detached checkout", async () => {
    const sha = await repository.commit({ "cadences/cadenza.yaml": "a" });
    await repository.commit({ "cadences/cadenza.yaml": "b" });
    await repository.git("checkout", "--quiet", "--detach", sha);
    expect(await (await open()).fetch()).toEqual({ head: sha, branch: "HEAD" });
  });

  test("HTTP with credentials in the URL, or with a token", async () => {
    const sha = await repository.commit({ "cadences/cadenza.yaml": "a" });
    const remote = await serveRepository(repository);
    try {
      expect((await (await open({ url: remote.url })).fetch()).head).toBe(sha);
      expect((await (await open({ url: remote.bareUrl, token: remote.token })).fetch()).head).toBe(
        sha,
      );
    } finally {
      await remote.close();
    }
  });

  test("credentials are separated from what may be printed", () => {
    const source = sourceOf(settings({ url: "https://me:s3cret@git.example.com/a/b.git" }));
    expect(source.url).toBe("https://git.example.com/a/b.git");
    expect(JSON.stringify({ ...source, authorization: null })).not.toContain("s3cret");
  });

  test.each([
    ["cadences", "cadences"],
    ["/cadences/", "cadences"],
    ["./a//b/./c/", "a/b/c"],
    [".", ""],
    ["", ""],
  ])("the folder %j is %j", (path, expected) => {
    expect(sourceOf(settings({ path })).path).toBe(expected);
  });

  test.each([
    [{ branch: "--upload-pack=touch /tmp/x" }, /branch name/],
    [{ branch: "a..b" }, /branch name/],
    [{ path: "../etc" }, /folder inside/],
    [{ path: "a/../../etc" }, /folder inside/],
    [{ path: ":(top)etc" }, /folder inside/],
    [{ url: "ext::sh -c touch%20/tmp/x" }, /there is no|https, ssh or file/],
    [{ url: "--upload-pack=x" }, /not a git URL/],
    [{ url: "/nowhere/at/all" }, /there is no/],
    [{ url: "ftp://example.com/x" }, /https, ssh or file/],
  ])("%j is refused", (given, message) => {
    expect(() => sourceOf(settings(given))).toThrow(InvalidSource);
    expect(() => sourceOf(settings(given))).toThrow(message);
  });
});

describe("failures say what to do, without the secret", () => {
  test("a wrong token", async () => {
    await repository.commit({ a: "a" });
    const remote = await serveRepository(repository);
    try {
      const git = await open({ url: remote.bareUrl, token: "wrong-token" });
      await expect(git.fetch()).rejects.toMatchObject({
        reason: "AuthenticationFailed",
        message: expect.stringContaining("CADENZA_SOURCE_TOKEN"),
      });
      await expect(git.fetch()).rejects.not.toThrow(/wrong-token|eC1hY2Nlc3M/);
    } finally {
      await remote.close();
    }
  });

  test("nobody there", async () => {
    const git = await open({ url: "http://127.0.0.1:1/x.git" });
    await expect(git.fetch()).rejects.toMatchObject({ reason: "Unreachable" });
  });

  test("a host that hangs", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const git = await open({ url: `http://127.0.0.1:${port}/x.git` }, 500);
    await expect(git.fetch()).rejects.toMatchObject({ reason: "Timeout" });
    server.close();
  });

  test("a branch that is not there, a folder that is no repository, one without commits", async () => {
    const empty = await open();
    await expect(empty.fetch()).rejects.toMatchObject({ reason: "BranchNotFound" });
    await repository.commit({ a: "a" });
    await expect((await open({ branch: "nope" })).fetch()).rejects.toMatchObject({
      reason: "BranchNotFound",
    });
    await expect((await open({ url: dataDir })).fetch()).rejects.toMatchObject({
      reason: "NotARepository",
    });
  });
});

describe("commits", () => {
  test("first parents since the last one, the oldest first", async () => {
    const git = await open();
    const first = await repository.commit({ a: "1" });
    await repository.git("checkout", "--quiet", "-b", "topic");
    await repository.commit({ b: "1" });
    await repository.git("checkout", "--quiet", "main");
    const second = await repository.commit({ a: "2" });
    await repository.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic");
    const { head } = await git.fetch();
    expect(await since(git, shaOf(first), head)).toEqual([second, head]);
    expect(await since(git, head, head)).toEqual([]);
    expect(await readCommit(git, head)).toMatchObject({
      subject: "Merge topic",
      author: "A. Writer <writer@example.com>",
    });
  });

  test("a pull that merged the branch into local commits has rewritten nothing", async () => {
    const git = await open();
    const base = await repository.commit({ a: "1" });
    const applied = await repository.commit({ b: "1" });
    await repository.git("checkout", "--quiet", "-b", "local", base);
    const local = await repository.commit({ c: "1" });
    await repository.git("merge", "--quiet", "--no-ff", "-m", "Merge branch main", "main");
    const merge = await repository.git("rev-parse", "HEAD");
    await repository.git("checkout", "--quiet", "main");
    await repository.git("merge", "--quiet", "--ff-only", "local");
    const next = await repository.commit({ d: "1" });
    const { head } = await git.fetch();
    expect(head).toBe(next);
    // What was committed on the side has never been the branch's state.
    expect(await since(git, shaOf(applied), head)).toEqual([merge, next]);
    expect(await since(git, shaOf(base), head)).toEqual([local, merge, next]);
  });

  test("many of them, and a head that went back", async () => {
    await repository.commit({ a: "0" });
    const first = await repository.git("rev-parse", "HEAD");
    const all: string[] = [];
    for (let n = 1; n <= 21; n++) all.push(await repository.commit({ a: String(n) }));
    const git = await open();
    const { head } = await git.fetch();
    expect(await since(git, shaOf(first), head)).toEqual(all);
    expect(await since(git, shaOf(all[0]!), head)).toEqual(all.slice(1));
    const known = await commitsSince(git, shaOf(all[0]!), head);
    expect(known?.at(-1)).toEqual(await readCommit(git, head));
    expect(await since(git, head, shaOf(first))).toBeNull();
  });

  test("a branch that leads to no commit is a failure", async () => {
    const sha = await repository.commit({ a: "1" });
    const blob = await repository.git("rev-parse", "HEAD:a");
    await repository.git("tag", "-a", "-m", "Tag", "v1");
    const tag = await repository.git("rev-parse", "v1");
    const git = await open();
    await git.fetch();
    await expect(readCommit(git, shaOf(blob))).rejects.toMatchObject({ name: "GitFailure" });
    await expect(readCommit(git, shaOf(tag))).rejects.toMatchObject({ name: "GitFailure" });
    expect((await readCommit(git, shaOf(sha))).sha).toBe(sha);
  });

  test("a rewritten history is told from a merged one", async () => {
    const git = await open();
    const first = await repository.commit({ a: "1" });
    const second = await repository.commit({ a: "2" });
    await git.fetch();
    await repository.git("reset", "--quiet", "--hard", first);
    expect(await since(git, shaOf(second), (await git.fetch()).head)).toBeNull();
    const other = await repository.commit({ a: "3" });
    await git.fetch();
    expect(await since(git, shaOf(second), shaOf(other))).toBeNull();
    expect(await since(git, shaOf("f".repeat(40)), shaOf(other))).toBeNull();
  });
});

describe("files come from git's objects, and only regular ones", () => {
  test("YAML below the folder, without dot-folders", async () => {
    const sha = await repository.commit({
      "cadences/cadenza.yaml": "kind: Workspace\n",
      'cadences/deep/ünï "q".yml': "x\n",
      "cadences/.hidden/x.yaml": "x",
      "cadences/readme.md": "x",
      "other/x.yaml": "x",
    });
    const git = await open();
    await git.fetch();
    const { files, diagnostics } = await readFiles(git, shaOf(sha), "cadences");
    expect(diagnostics).toEqual([]);
    expect(files).toEqual([
      { path: "cadenza.yaml", text: "kind: Workspace\n" },
      { path: 'deep/ünï "q".yml', text: "x\n" },
    ]);
    expect((await readFiles(git, shaOf(sha), "nowhere")).files).toEqual([]);
  });

  test("links, submodules, binary and huge files are findings, never followed", async () => {
    await repository.commit({ "cadences/binary.yaml": new Uint8Array([0xff, 0xfe, 0x00]) });
    await repository.commit({ "cadences/huge.yaml": "x".repeat(1_000_001) });
    await repository.git(
      "update-index",
      "--add",
      "--cacheinfo",
      `160000,${"a".repeat(40)},cadences/module.yaml`,
    );
    const { execFileSync } = await import("node:child_process");
    execFileSync("ln", ["-s", "/etc/passwd", join(repository.path, "cadences/link.yaml")]);
    await repository.git("add", "cadences/link.yaml");
    await repository.git("commit", "--quiet", "-m", "hostile");
    const git = await open();
    const { head } = await git.fetch();
    const { files, diagnostics } = await readFiles(git, head, "cadences");
    expect(files).toEqual([]);
    expect(diagnostics.map(({ file, rule }) => [file, rule])).toEqual([
      ["binary.yaml", "unreadable-file"],
      ["huge.yaml", "unreadable-file"],
      ["link.yaml", "unreadable-file"],
      ["module.yaml", "unreadable-file"],
    ]);
  });

  test("many files are read in one go", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [`cadences/f${index}.yaml`, `n: ${index}\n`]),
    );
    const sha = await repository.commit(many);
    const git = await open();
    await git.fetch();
    expect((await readFiles(git, shaOf(sha), "cadences")).files).toHaveLength(600);
  });
});
