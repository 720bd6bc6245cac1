import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { SourceFile } from "../../../core/language/index.ts";

export const GOLDEN = join(import.meta.dirname, "../../golden");

/** A case: the base workspace with the case's own files over it. */
interface Case {
  /** The rule, or the rule and what is special about it: `wait`, `inbox-channel.none`. */
  readonly name: string;
  /** Where its expected output is kept. */
  readonly out: string;
  readonly files: readonly SourceFile[];
}

export function casesIn(folder: "ok" | "err"): Case[] {
  return readdirSync(join(GOLDEN, folder))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => {
      const path = join(GOLDEN, folder, file);
      const own = split(readFileSync(path, "utf8"), basename(file));
      return {
        name: file.replace(/\.yaml$/, ""),
        out: path.replace(/\.yaml$/, ".out"),
        files: overBase(own),
      };
    });
}

/** Files in the base workspace. Its templates are only there for who names them: the others are unused. */
export function overBase(own: readonly SourceFile[]): SourceFile[] {
  const isNamed = ({ path }: SourceFile) => {
    const [folder, name] = path.split("/");
    return (
      folder !== "templates" || own.some(({ text }) => text.includes(basename(name ?? "", ".yaml")))
    );
  };
  const base = readFolder(join(GOLDEN, "base")).filter(isNamed);
  const files = new Map([...base, ...own].map((one) => [one.path, one]));
  return [...files.values()].filter(({ text }) => text !== "");
}

/** The files of a case stand behind lines such as `--- # inboxes/text.yaml`; an empty one is none. */
export function split(text: string, name: string): SourceFile[] {
  const [head = "", ...parts] = text.split(/^--- # (.+)\n/m);
  const named = parts.flatMap((path, index) =>
    index % 2 === 0 ? [{ path, text: parts[index + 1] ?? "" }] : [],
  );
  return head === "" && named.length > 0 ? named : [{ path: name, text: head }, ...named];
}

function readFolder(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, "utf8") }));
}
