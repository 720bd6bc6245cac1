import type { Diagnostic } from "../../core/language/diagnostic.ts";
import type { Compilation, CompiledVersion, SourceFile } from "../../core/language/index.ts";
import type { Io } from "../io.ts";
import { fingerprint } from "./fingerprint.ts";
import { cacheFolder } from "./folder.ts";
import { openParsed, rememberParsed, type Parsed } from "./parsed.ts";
import { openStore, sha256 } from "./store.ts";

/** A compilation that may come from an earlier run. */
export type Compiled = Omit<Compilation, "variables">;

/** Compiles files, and remembers what came of them: the same files are never compiled twice. */
export interface Compiler {
  /** The findings alone: what is left out then need not be read, nor the compiler loaded. */
  check(files: readonly SourceFile[]): Promise<readonly Diagnostic[]>;
  compile(files: readonly SourceFile[]): Promise<Compiled>;
}

export interface CacheOptions {
  /** False: nothing is kept, and nothing that was kept is used. */
  readonly cache?: boolean;
}

/** @param root the workspace's folder */
export function createCompiler({ cache }: CacheOptions, io: Io, root: string): Compiler {
  const folder = cache === false ? null : cacheFolder(io, root);
  const store = folder === null ? null : openStore(folder, io.now);
  let program: string | undefined;
  let parsed: Parsed | undefined;
  const digestOf = (...parts: readonly string[]) => sha256((program ??= fingerprint()), ...parts);
  const run = async (files: readonly SourceFile[]): Promise<Compilation> => {
    const { compile } = await import("../../core/language/index.ts");
    parsed ??= store === null ? rememberParsed() : openParsed(store, digestOf("root", root));
    const compiled = compile(files, { parsed });
    parsed.save();
    return compiled;
  };
  return {
    async check(files) {
      if (store === null) return (await run(files)).diagnostics;
      const key = digestOf(...namesAndTexts(files));
      const known = store.read("checked", key) as readonly Diagnostic[] | undefined;
      if (known !== undefined) return known;
      const { diagnostics } = await run(files);
      store.write("checked", key, diagnostics);
      return diagnostics;
    },
    async compile(files) {
      if (store === null) return run(files);
      const key = digestOf(...namesAndTexts(files));
      const known = store.read("compiled", key) as Kept | undefined;
      if (known !== undefined) return withTexts(known, files);
      const compiled = await run(files);
      store.write("compiled", key, withoutTexts(compiled));
      return compiled;
    },
  };
}

/** Unambiguous, whatever the names and the texts are. */
function namesAndTexts(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => [`\0${path.length} ${text.length}\0`, path, text]);
}

/** As it is kept: the texts are in the files that it is looked up for. */
type Kept = Omit<Compiled, "sequences"> & {
  readonly sequences: readonly Omit<CompiledVersion, "source">[];
};

function withoutTexts(compiled: Compilation): Kept {
  const { workspace, inboxes, attributes, personas, scenarios, diagnostics, files, sequenceIds } =
    compiled;
  const sequences = compiled.sequences.map(({ id, document, digest, path }) => ({
    id,
    document,
    digest,
    path,
  }));
  const known = { workspace, inboxes, attributes, personas, scenarios };
  const rest = { ...known, diagnostics, files, sequenceIds };
  return { ...rest, sequences };
}

function withTexts(kept: Kept, files: readonly SourceFile[]): Compiled {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const sequences = kept.sequences.map((version) => ({
    ...version,
    source: texts.get(version.path) ?? "",
  }));
  return { ...kept, sequences };
}
