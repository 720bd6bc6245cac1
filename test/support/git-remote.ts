import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** git as it is on no developer's machine: no configuration but ours. */
const ENV = {
  PATH: process.env["PATH"] ?? "",
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "A. Writer",
  GIT_AUTHOR_EMAIL: "writer@example.com",
  GIT_COMMITTER_NAME: "A. Writer",
  GIT_COMMITTER_EMAIL: "writer@example.com",
};

/** A real repository that tests write to, and serve. */
export interface TestRepository {
  /** The working tree: a local path that can be a source. */
  readonly path: string;
  /** Runs git in it, also to merge, or to rewrite what was served. @returns what it printed */
  git(...args: string[]): Promise<string>;
  /** Writes (null deletes) files and commits everything. @returns the commit's sha */
  commit(
    files: Readonly<Record<string, string | Uint8Array | null>>,
    message?: string,
    by?: Authorship,
  ): Promise<string>;
  remove(): Promise<void>;
}

/** Who wrote a commit, and when; default: A. Writer, now. */
interface Authorship {
  /** `Name <address>` */
  readonly author?: string;
  /** An ISO instant, for the author's and the committer's date. */
  readonly date?: string;
}

export async function createRepository(): Promise<TestRepository> {
  const path = await mkdtemp(join(tmpdir(), "cadenza-git-"));
  const gitWith = async (env: object, ...args: string[]) => {
    const { stdout } = await run("git", args, { cwd: path, env: { ...ENV, ...env } });
    return stdout.trim();
  };
  const git = (...args: string[]) => gitWith({}, ...args);
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "http.receivepack", "true");
  return {
    path,
    git,
    async commit(files, message = "Change", { author, date } = {}) {
      for (const [name, content] of Object.entries(files)) {
        const file = join(path, name);
        await mkdir(dirname(file), { recursive: true });
        if (content === null) await rm(file);
        else await writeFile(file, content);
      }
      await git("add", "--all");
      const dates = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
      const flags = author === undefined ? [] : [`--author=${author}`];
      await gitWith(dates, "commit", "--quiet", "--allow-empty", "-m", message, ...flags);
      return git("rev-parse", "HEAD");
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** A git host on this machine. */
export interface GitRemote {
  /** With the credentials in it. */
  readonly url: string;
  readonly bareUrl: string;
  readonly token: string;
  close(): Promise<void>;
}

/** Serves a repository over HTTP with Basic auth, by git's own http-backend. */
export async function serveRepository(repository: TestRepository): Promise<GitRemote> {
  const token = "s3cret-token";
  const expected = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    backend(repository, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    token,
    url: `http://x-access-token:${token}@127.0.0.1:${port}/.git`,
    bareUrl: `http://127.0.0.1:${port}/.git`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function backend(
  repository: TestRepository,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? "/", "http://localhost");
  const child = spawn("git", ["http-backend"], {
    env: {
      ...ENV,
      GIT_PROJECT_ROOT: repository.path,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? "GET",
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      ...(request.headers["content-encoding"] === undefined
        ? {}
        : { HTTP_CONTENT_ENCODING: request.headers["content-encoding"] }),
      ...(request.headers["git-protocol"] === undefined
        ? {}
        : { GIT_PROTOCOL: String(request.headers["git-protocol"]) }),
      REMOTE_USER: "tester",
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => {
    const output = Buffer.concat(chunks);
    const split = output.indexOf("\r\n\r\n");
    const headers = output
      .toString("latin1", 0, split)
      .split("\r\n")
      .map((line) => line.split(": ", 2));
    const status = headers.find(([name]) => name === "Status")?.[1] ?? "200";
    response.statusCode = Number.parseInt(status, 10);
    for (const [name, value] of headers)
      if (name && value && name !== "Status") response.setHeader(name, value);
    response.end(output.subarray(split + 4));
  });
}
