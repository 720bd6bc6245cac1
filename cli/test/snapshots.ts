import { lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { SNAPSHOT_HEAD } from "../../core/scenario/index.ts";
import { UsageError } from "../io.ts";

const EXTENSION = ".snap";
const BIGGEST = 4_000_000;

/** Where a test's snapshot lies: beside its file. */
export function snapshotPath(test: string): string {
  return `${test}${EXTENSION}`;
}

/**
 * The snapshots of a workspace. Links are neither followed nor written through, and a file that is not
 * ours is never removed: the content may be anyone's.
 */
export function openSnapshots(root: string) {
  return {
    /** Null where there is none. */
    read(path: string): string | null {
      const file = lstatSync(join(root, path), { throwIfNoEntry: false });
      if (!file?.isFile() || file.size > BIGGEST) return null;
      return readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
    },

    /** @throws UsageError where something else lies there, or it cannot be written */
    write(path: string, text: string): void {
      const file = lstatSync(join(root, path), { throwIfNoEntry: false });
      if (file !== undefined && !file.isFile()) {
        throw new UsageError(`${path} is no file; remove it, so that the snapshot can be written`);
      }
      try {
        writeFileSync(join(root, path), text);
      } catch (error) {
        throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
      }
    },

    remove(path: string): void {
      rmSync(join(root, path));
    },

    /** Every snapshot of ours, relative to the root. */
    list(): string[] {
      return [...walk(root)]
        .map((path) => relative(root, path).split(sep).join("/"))
        .filter((path) => this.read(path)?.startsWith(SNAPSHOT_HEAD))
        .toSorted();
    },
  };
}

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (/\.ya?ml\.snap$/.test(entry.name)) yield path;
  }
}
