import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openGit } from "../../controller/git.ts";
import { sourceOf } from "../../controller/source.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";
import { sourceAt } from "./scenario.ts";
import { serveOverSsh, type SshRemote } from "../support/ssh-remote.ts";

/** git comes without ssh on some machines; the client is what is tested against here. */
const hasSsh = spawnSync("ssh", ["-V"]).status === 0;

describe.runIf(hasSsh)("a source that is reached by ssh", () => {
  let repository: TestRepository;
  let remote: SshRemote;
  let stranger: SshRemote;
  let folder: string;
  let head: string;

  beforeAll(async () => {
    repository = await createRepository();
    head = await repository.commit({ "cadences/cadenza.yaml": "a" });
    remote = await serveOverSsh(repository.path);
    stranger = await serveOverSsh(repository.path);
    folder = await mkdtemp(join(tmpdir(), "cadenza ssh's 100%-"));
  });
  afterAll(async () => {
    await Promise.all([remote.close(), stranger.close(), repository.remove()]);
    await rm(folder, { recursive: true, force: true });
  });

  async function fetchWith(key: string, knownHosts: string) {
    const write = async (name: string, content: string) => {
      const path = join(folder, name);
      await writeFile(path, content, { mode: 0o600 });
      return path;
    };
    const sshKey = await write("key", key);
    const settings = { sshKey, knownHosts: await write("known hosts", knownHosts) };
    const source = sourceOf(sourceAt(remote.url, settings));
    const git = await openGit(source, await mkdtemp(join(folder, "data-")));
    return git.fetch();
  }

  test("is fetched with the key, from the host that is known", async () => {
    expect(await fetchWith(remote.key, remote.knownHost)).toEqual({ head, branch: "main" });
  });

  test("a key that it does not know is refused", async () => {
    await expect(fetchWith(stranger.key, remote.knownHost)).rejects.toMatchObject({
      reason: "AuthenticationFailed",
      message: expect.stringContaining("SSH key"),
    });
  });

  test("a host that nobody vouches for is not talked to", async () => {
    await expect(fetchWith(remote.key, "")).rejects.toMatchObject({
      reason: "Unreachable",
      message: expect.stringContaining("known_hosts"),
    });
  });

  test("of a host that hangs, no ssh is left behind", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const connected = once(server, "connection");
    const source = sourceOf(sourceAt(`ssh://git@127.0.0.1:${port}/x.git`));
    const git = await openGit(source, await mkdtemp(join(folder, "data-")), { timeoutMs: 500 });
    await expect(git.fetch()).rejects.toMatchObject({ reason: "Timeout" });
    const [socket] = (await connected) as [Socket];
    // Left alone, it would wait for a word of its host for 15 seconds.
    const closed = once(socket.resume(), "close", { signal: AbortSignal.timeout(5000) });
    await expect(closed).resolves.toBeDefined();
    server.close();
  });

  test("nor one that shows another key than it had", async () => {
    const imposter = stranger.knownHost.replace(/^\S+/, remote.knownHost.split(" ")[0]!);
    await expect(fetchWith(remote.key, imposter)).rejects.toMatchObject({
      reason: "Unreachable",
      message: expect.stringContaining("known_hosts"),
    });
  });
});
