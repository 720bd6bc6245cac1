import { compile, type Compilation } from "./compile.ts";
import { compareDiagnostics } from "./diagnostic.ts";
import type { CleanFile, ParseCache } from "./parse-cache.ts";
import type { SourceFile } from "./source.ts";

/** What is published of a compilation, and what is said about it. */
type Compiled = Pick<
  Compilation,
  "workspace" | "inboxes" | "attributes" | "sequences" | "diagnostics"
>;

/** What has to be known of a file that is not compiled again. */
interface Known {
  readonly kind: string;
  readonly id: unknown;
  /** A sequence that declares attributes: others may use them. */
  readonly declares: boolean;
  /** A sequence that sends a shared message, about whose file there may be findings then. */
  readonly shares: boolean;
  /** The sequence that a test is about. */
  readonly about: unknown;
}

interface Last {
  readonly files: readonly SourceFile[];
  readonly known: ReadonlyMap<string, Known>;
  readonly compiled: Compiled;
}

/** More than this changed at once is compiled as a whole. */
const MOST_CHANGED = 200;

/** What a sequence may find around it. */
const AROUND: ReadonlySet<string> = new Set([
  "Workspace",
  "Inbox",
  "CustomAttribute",
  "MessageTemplate",
  "WhatsAppTemplate",
  "Persona",
]);

/**
 * A compiler for whoever compiles one state of a workspace after the other: where nothing changed but
 * sequences that no other file's findings depend on, only these are compiled, with what is around them. The
 * result is that of `compile`.
 */
export function createRecompiler(): (files: readonly SourceFile[]) => Compiled {
  let last: Last | null = null;
  return (files) => {
    const next: Last = (last && recompile(last, files)) ?? compileAll(files);
    // What is built on must be whole.
    last = next.compiled.workspace === null ? null : next;
    return next.compiled;
  };
}

function compileAll(files: readonly SourceFile[]): Last {
  const found = collect();
  const { workspace, inboxes, attributes, sequences, diagnostics } = compile(files, found);
  const compiled = { workspace, inboxes, attributes, sequences, diagnostics };
  const known = new Map<string, Known>();
  for (const { path, text } of files) {
    const one = found.byText.get(text);
    if (one !== undefined) known.set(path, one);
  }
  return { files, known, compiled };
}

/** Null where the whole has to be compiled. */
function recompile(last: Last, files: readonly SourceFile[]): Last | null {
  const changed = changedSequences(last, files);
  if (changed === null) return null;
  if (changed.length === 0) return { ...last, files };
  const ids = new Set(changed.map(({ path }) => last.known.get(path)?.id));
  const again = new Set(changed.map(({ path }) => path));
  const part = files.filter(({ path }) => {
    const one = last.known.get(path);
    if (one?.kind === "SequenceTest" && ids.has(one.about)) again.add(path);
    return again.has(path) || one?.declares === true || AROUND.has(one?.kind ?? "");
  });
  const found = collect();
  const { workspace, sequences, diagnostics } = compile(part, found);
  if (workspace === null) return null;
  const known = new Map(last.known);
  for (const { path, text } of changed) {
    const one = found.byText.get(text);
    if (one === undefined || !standsAlone(one) || one.id !== last.known.get(path)?.id) return null;
    known.set(path, one);
  }
  const byPath = new Map(sequences.map((one) => [one.path, one]));
  const compiled = {
    ...last.compiled,
    sequences: last.compiled.sequences.map((one) =>
      again.has(one.path) ? (byPath.get(one.path) ?? one) : one,
    ),
    diagnostics: [
      ...last.compiled.diagnostics.filter(({ file }) => !again.has(file)),
      ...diagnostics.filter(({ file }) => again.has(file)),
    ].toSorted(compareDiagnostics),
  };
  return { files, known, compiled };
}

/** The files that changed; null where any of them is more than a sequence that stands alone. */
function changedSequences(last: Last, files: readonly SourceFile[]): SourceFile[] | null {
  if (files.length !== last.files.length) return null;
  const changed: SourceFile[] = [];
  for (const [index, file] of files.entries()) {
    const before = last.files[index];
    if (before?.path !== file.path) return null;
    if (before === file || before.text === file.text) continue;
    const known = last.known.get(file.path);
    if (known === undefined || !standsAlone(known)) return null;
    changed.push(file);
  }
  return changed.length > MOST_CHANGED ? null : changed;
}

function standsAlone({ kind, declares, shares }: Known): boolean {
  return kind === "Sequence" && !declares && !shares;
}

/** Notes of each file that could be read what has to be known of it later, instead of the whole of it. */
function collect(): { readonly parsed: ParseCache; readonly byText: ReadonlyMap<string, Known> } {
  const byText = new Map<string, Known>();
  const set = (text: string, { kind, value }: CleanFile) => {
    const { id, attributes, steps, sequence: about } = value;
    const declares = kind === "Sequence" && attributes !== undefined;
    const shares = kind === "Sequence" && Array.isArray(steps) && steps.some(isShared);
    byText.set(text, { kind, id, declares, shares, about });
  };
  return { parsed: { get: () => undefined, set }, byText };
}

function isShared({ content }: { readonly content?: unknown }): boolean {
  return typeof content === "object" && content !== null && "message" in content;
}
