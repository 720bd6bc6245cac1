import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";

const { Server, utils } = ssh2;

/** A git host that is reached by ssh, with one key that it lets in. */
export interface SshRemote {
  /** `ssh://…`, for a client that holds `key`. */
  readonly url: string;
  /** The client's private key, as OpenSSH keeps it in a file. */
  readonly key: string;
  /** The line of `known_hosts` that says who this host is. */
  readonly knownHost: string;
  close(): Promise<void>;
}

/** ssh2 makes a key now and then that it cannot read itself: another one is made then. */
function keyPair() {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519");
    const [allowed, own] = [utils.parseKey(pair.public), utils.parseKey(pair.private)];
    if (!(allowed instanceof Error) && !(own instanceof Error)) return { ...pair, allowed };
  }
}

/** Serves one repository to whoever proves to hold the key, and nothing but `git-upload-pack`. */
export async function serveOverSsh(repository: string): Promise<SshRemote> {
  const host = keyPair();
  const client = keyPair();
  const { allowed } = client;

  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (attempt) => {
      const isKnown =
        attempt.method === "publickey" &&
        attempt.key.data.equals(allowed.getPublicSSH()) &&
        (attempt.signature === undefined ||
          attempt.blob === undefined ||
          allowed.verify(attempt.blob, attempt.signature, attempt.hashAlgo));
      if (isKnown) attempt.accept();
      else attempt.reject(["publickey"]);
    });
    connection.on("session", (accept) => {
      accept().on("exec", (acceptCommand, rejectCommand, { command }) => {
        if (!command.startsWith("git-upload-pack ")) {
          rejectCommand();
          return;
        }
        const channel = acceptCommand();
        const git = spawn("git-upload-pack", [repository]);
        channel.pipe(git.stdin);
        git.stdout.pipe(channel, { end: false });
        git.stderr.pipe(channel.stderr, { end: false });
        git.on("close", (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `ssh://git@127.0.0.1:${port}/cadences.git`,
    key: client.private,
    knownHost: `[127.0.0.1]:${port} ${host.public}\n`,
    async close() {
      server.close();
      await once(server, "close");
    },
  };
}
