import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createRepository,
  serveRepository,
  type GitRemote,
  type TestRepository,
} from "./git-remote.ts";

const run = promisify(execFile);

let repository: TestRepository;
let remote: GitRemote;
beforeAll(async () => {
  repository = await createRepository();
  remote = await serveRepository(repository);
});
afterAll(async () => {
  await remote.close();
  await repository.remove();
});

/** What a client with no configuration sees on the branch. */
async function headOver(url: string): Promise<string> {
  const env = {
    PATH: process.env["PATH"],
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
  const { stdout } = await run("git", ["ls-remote", url, "refs/heads/main"], { env });
  return stdout.split("\t")[0] ?? "";
}

test("serves commits by their author and date, over HTTP and as a local path", async () => {
  const by = { author: "B. Writer <b@example.com>", date: "2026-03-01T09:30:00Z" };
  const sha = await repository.commit({ "a/b.yaml": "one\n" }, "Begin", by);
  expect(await repository.git("log", "-1", "--format=%an <%ae> %at %ct %s")).toBe(
    "B. Writer <b@example.com> 1772357400 1772357400 Begin",
  );
  expect(await headOver(remote.url)).toBe(sha);
  expect(await headOver(repository.path)).toBe(sha);
  expect(await headOver(`file://${repository.path}`)).toBe(sha);
});

test("turns away who has no token, or a wrong one", async () => {
  await expect(headOver(remote.bareUrl)).rejects.toThrow("could not read Username");
  await expect(headOver(remote.url.replace(remote.token, "wrong"))).rejects.toThrow(
    "Authentication failed",
  );
});

test("deletes files, merges, and rewrites what was served", async () => {
  const start = await repository.commit({ "gone.yaml": "x\n" });
  await repository.commit({ "gone.yaml": null });
  expect(await repository.git("ls-tree", "-r", "--name-only", "HEAD")).not.toContain("gone.yaml");

  await repository.git("switch", "--quiet", "--create", "topic");
  await repository.commit({ "topic.yaml": "t\n" });
  await repository.git("switch", "--quiet", "main");
  await repository.git("merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic");
  expect(await repository.git("rev-list", "--count", "--first-parent", `${start}..HEAD`)).toBe("2");

  await repository.git("reset", "--quiet", "--hard", start);
  expect(await headOver(remote.url)).toBe(start);
});
