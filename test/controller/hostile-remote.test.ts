import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readFiles } from "../../controller/files.ts";
import { GitFailure } from "../../controller/git-failure.ts";
import { openGit, type Git } from "../../controller/git.ts";
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
type Options = Parameters<typeof openGit>[2];
const open = (given: Partial<SourceSettings> = {}, options?: Options): Promise<Git> =>
  openGit(sourceOf(settings(given)), dataDir, options);

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("sources as people have them", () => {
  test("a shallow clone", async () => {
    await repository.commit({ "cadences/cadenza.yaml": "a" });
    const head = await repository.commit({ "cadences/cadenza.yaml": "b" });
    const shallow = join(dataDir, "shallow");
    execFileSync("git", ["clone", "-q", "--depth=1", `file://${repository.path}`, shallow]);
    expect(await (await open({ url: shallow })).fetch()).toEqual({ head, branch: "main" });
  });

  test("a folder that belongs to another account", async () => {
    const head = await repository.commit({ "cadences/cadenza.yaml": "a" });
    if (process.getuid?.() === 0) execFileSync("chown", ["-R", "65534", repository.path]);
    expect((await (await open()).fetch()).head).toBe(head);
  });

  test("a token with the newline of the file that it came from", async () => {
    const head = await repository.commit({ "cadences/cadenza.yaml": "a" });
    const remote = await serveRepository(repository);
    const git = await open({ url: remote.bareUrl, token: `${remote.token}\n` });
    expect((await git.fetch()).head).toBe(head);
    await remote.close();
  });

  test("a host behind a proxy", async () => {
    const asked: string[] = [];
    const proxy = createHttpServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(502).end();
    });
    vi.stubEnv("http_proxy", `http://127.0.0.1:${await listening(proxy)}`);
    vi.stubEnv("no_proxy", "");
    const git = await open({ url: "http://git.example.com/x.git" });
    await expect(git.fetch()).rejects.toMatchObject({ reason: "Unreachable" });
    expect(asked[0]).toContain("http://git.example.com/x.git");
    proxy.close();
  });
});

describe("ssh", () => {
  /** Stands for ssh, and writes down how it was called. */
  async function fakeSsh(): Promise<() => Promise<string>> {
    const bin = join(dataDir, "bin");
    const log = join(dataDir, "ssh.log");
    await mkdir(bin);
    await writeFile(join(bin, "ssh"), `#!/bin/sh\necho "$@" > ${log}\nexit 255\n`);
    await chmod(join(bin, "ssh"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
    return () => readFile(log, "utf8");
  }

  test("asks nobody, trusts known hosts only, and finds a key given by a relative path", async () => {
    const log = await fakeSsh();
    const [key, hosts] = [join(dataDir, "it's a key"), join(dataDir, "known_hosts")];
    await writeFile(key, "");
    await writeFile(hosts, "");
    const git = await open({
      url: "git@git.example.com:a/b.git",
      sshKey: relative(process.cwd(), key),
      knownHosts: hosts,
    });
    await expect(git.fetch()).rejects.toMatchObject({ name: "GitFailure" });
    const called = await log();
    expect(called).toContain("BatchMode=yes");
    expect(called).toContain("StrictHostKeyChecking=yes");
    expect(called).toContain(`IdentityFile="${key}"`);
    expect(called).toContain(`UserKnownHostsFile="${hosts}"`);
  });

  test.each(["sshKey", "knownHosts"] as const)("a missing %s is said at the start", (setting) => {
    expect(() => sourceOf(settings({ [setting]: "/nowhere/key" }))).toThrow(InvalidSource);
    expect(() => sourceOf(settings({ [setting]: "/nowhere/key" }))).toThrow(/CADENZA_SOURCE_/);
  });
});

describe("secrets stay where they are", () => {
  test.each([
    "https://me:s3cret@git.example.com/a.git",
    "https://s3cret@git.example.com/a.git",
    "ssh://git:s3cret@git.example.com/a.git",
  ])("%s is printed without", (url) => {
    expect(sourceOf(settings({ url })).url).not.toContain("s3cret");
  });

  test.each([
    "https://me:s3cret@git.example.com/a.git\n",
    "-https://me:s3cret@git.example.com/",
    "me:s3cret@git.example.com/a.git",
    "https://me:s3cret%zz@git.example.com/a.git",
    "https://me:s3cret@git.example.com:port/a.git",
  ])("a URL that cannot be used is not repeated: %j", (url) => {
    expect(() => sourceOf(settings({ url }))).toThrow(InvalidSource);
    expect(() => sourceOf(settings({ url }))).not.toThrow(/s3cret/);
  });

  test("nothing in the mirror's folder holds the token", async () => {
    await repository.commit({ "cadences/cadenza.yaml": "a" });
    const remote = await serveRepository(repository);
    await (await open({ url: remote.url })).fetch();
    const basic = Buffer.from(`x-access-token:${remote.token}`).toString("base64");
    const names = await readdir(dataDir, { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      names
        .filter((entry) => entry.isFile())
        .map((entry) => readFile(join(entry.parentPath, entry.name), "latin1")),
    );
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.filter((text) => text.includes(remote.token) || text.includes(basic))).toEqual([]);
    await remote.close();
  });

  test("a host that sends the credentials back does not get them into a message", async () => {
    const token = "s3cret";
    const login = `x-access-token:${token}`;
    const encoded = Buffer.from(login).toString("base64");
    const host = createHttpServer((request, response) => {
      const { authorization } = request.headers;
      response.writeHead(403, { "content-type": "text/plain" });
      response.end(`error: ${authorization} is ${login}, thus \u001b[2J${token}\n`);
    });
    const git = await open({ url: `http://127.0.0.1:${await listening(host)}/x.git`, token });
    const failure: unknown = await git.fetch().catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: "AuthenticationFailed" });
    expect(String(failure)).toMatch(/error: … is …/);
    expect(String(failure)).not.toMatch(new RegExp(`${token}|${encoded}|\\p{Cc}`, "u"));
    host.close();
  });

  test("a redirect to another host does not take the credentials along", async () => {
    const seen: unknown[] = [];
    const other = createHttpServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const elsewhere = `http://127.0.0.1:${await listening(other)}`;
    const host = createHttpServer((request, response) => {
      response.writeHead(302, { location: `${elsewhere}${request.url}` }).end();
    });
    const git = await open({ url: `http://127.0.0.1:${await listening(host)}/x.git`, token: "t" });
    await expect(git.fetch()).rejects.toThrow(/redirect/);
    expect(seen).toEqual([]);
    other.close();
    host.close();
  });
});

describe("git itself", () => {
  /** Stands for git in one command; every other one is git's own. */
  async function scripted(command: string, script: string): Promise<void> {
    const bin = join(dataDir, "bin");
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    await mkdir(bin);
    await writeFile(
      join(bin, "git"),
      `#!/bin/sh\ncase "$1" in ${command}) ${script};; *) exec ${real} "$@";; esac\n`,
      { mode: 0o755 },
    );
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
  }

  test("that is killed has not answered: half a listing is never taken for all of it", async () => {
    await repository.commit({ "cadences/cadenza.yaml": "a", "cadences/x.yaml": "b" });
    await scripted("ls-tree", `printf '%s' '100644 blob aa'; kill -9 $$`);
    const git = await open();
    const { head } = await git.fetch();
    await expect(readFiles(git, head, "cadences")).rejects.toThrow("git was killed");
    await expect(readFiles(git, head, "cadences")).rejects.not.toBeInstanceOf(GitFailure);
  });

  test("that is lively without end is ended", async () => {
    await scripted("fetch", "while :; do echo progress >&2; sleep 0.1; done");
    const git = await open({ branch: "main" }, { timeoutMs: 20_000, longestMs: 1_000 });
    await expect(git.fetch()).rejects.toMatchObject({ reason: "Timeout" });
  });

  test("that prints without end is ended", async () => {
    await scripted("fetch", "exec yes >&2");
    const git = await open({ branch: "main" });
    await expect(git.fetch()).rejects.toMatchObject({
      reason: "GitFailed",
      message: expect.stringContaining("printed more than"),
    });
  });

  test("that fails without a word is a failure", async () => {
    await repository.commit({ a: "a" });
    await scripted("fetch", "exit 3");
    await expect((await open()).fetch()).rejects.toMatchObject({ reason: "GitFailed" });
  });

  test("that is missing is said at the start", async () => {
    vi.stubEnv("PATH", dataDir);
    await expect(open()).rejects.toBeInstanceOf(InvalidSource);
    await expect(open()).rejects.toThrow(/install/);
  });
});

describe("the mirror survives what happens to a process", () => {
  test("a lock that a killed fetch left behind", async () => {
    await repository.commit({ "cadences/cadenza.yaml": "a" });
    const git = await open();
    await git.fetch();
    const head = await repository.commit({ "cadences/cadenza.yaml": "b" });
    const lock = join(dataDir, "source.git/refs/cadenza/head.lock");
    await writeFile(lock, "");
    expect((await git.fetch()).head).toBe(head);
  });

  test("a stop in the middle of a fetch that hangs", async () => {
    const server = createServer(() => abort.abort());
    const abort = new AbortController();
    const url = `http://127.0.0.1:${await listening(server)}/x.git`;
    const git = await open({ url }, { signal: abort.signal });
    // Not a GitFailure: the source is not to blame, so nothing is recorded about it.
    await expect(git.fetch()).rejects.not.toMatchObject({ name: "GitFailure" });
    server.close();
  });
});

test("a pointer of Git LFS is named as what it is", async () => {
  await repository.commit({
    "cadences/big.yaml":
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
  });
  const git = await open();
  const { head } = await git.fetch();
  const { files, diagnostics } = await readFiles(git, head, "cadences");
  expect(files).toEqual([]);
  expect(diagnostics).toMatchObject([{ file: "big.yaml", rule: "unreadable-file" }]);
  expect(diagnostics[0]?.message).toContain("Git LFS");
});
