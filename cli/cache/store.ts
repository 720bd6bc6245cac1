import { createHash, randomBytes } from "node:crypto";
import {
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../make-folder.ts";
import { isPlain } from "./plain.ts";

/** Results under their keys. Nothing here fails: what cannot be read is absent, what cannot be written is not kept. */
export interface Store {
  /** The value as it was written; undefined where there is none, or it is damaged. */
  read(kind: string, key: string): unknown;
  write(kind: string, key: string, value: unknown): void;
}

const MOST_BYTES = 200_000_000;
const MOST_FILES = 200;
/** The largest single result: a workspace of several thousand files. */
const MOST_CHARACTERS = 50_000_000;
const DIGEST_LENGTH = 64;
/** Names of this store's own files: the folder may hold anything else. */
const OWN = /^[a-z]+-[0-9a-f]{64}\.json(?:\.[0-9a-f]{16}\.part)?$/;

/**
 * @param folder made when something is kept; only this user may read it
 * @param now epoch ms
 */
export function openStore(folder: string, now: () => number): Store {
  const pathOf = (kind: string, key: string) => join(folder, `${kind}-${key}.json`);
  return {
    read(kind, key) {
      const path = pathOf(kind, key);
      try {
        const text = readFileSync(path, "utf8");
        const body = text.slice(DIGEST_LENGTH + 1);
        if (text.slice(0, DIGEST_LENGTH) !== sha256(body)) return undefined;
        const value: unknown = JSON.parse(body);
        markUsed(path, now());
        return value;
      } catch {
        return undefined;
      }
    },
    write(kind, key, value) {
      if (!isPlain(value)) return;
      const path = pathOf(kind, key);
      const part = `${path}.${randomBytes(8).toString("hex")}.part`;
      try {
        const body = JSON.stringify(value);
        if (body.length > MOST_CHARACTERS) return;
        makeFolder(folder, 0o700);
        // Whoever reads meanwhile has the old file or the new one, and never half of one.
        writeFileSync(part, `${sha256(body)}\n${body}`, { mode: 0o600, flag: "wx" });
        renameSync(part, path);
        dropOldest(folder);
      } catch {
        quietly(() => rmSync(part, { force: true }));
      }
    },
  };
}

/** SHA-256 in hex. */
export function sha256(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** A folder that may only be read still serves. */
function markUsed(path: string, now: number): void {
  quietly(() => utimesSync(path, now / 1000, now / 1000));
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // The cache is worth no message: without it all is as it was, only slower.
  }
}

function dropOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => OWN.test(name))
    .flatMap((name) => {
      const path = join(folder, name);
      // Another process may have dropped it meanwhile.
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? [] : [{ path, bytes: found.size, used: found.mtimeMs }];
    })
    .toSorted((a, b) => b.used - a.used);
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    bytes += file.bytes;
    if (bytes > MOST_BYTES || index >= MOST_FILES) rmSync(file.path, { force: true });
  }
}
