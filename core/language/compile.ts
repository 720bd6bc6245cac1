import { compareDiagnostics, type Diagnostic } from "./diagnostic.ts";
import { proveTemplates } from "../library/prove.ts";
import { checkSchema } from "./check-schema.ts";
import { digestOf } from "./digest.ts";
import type { AttributeDeclaration, CanonicalDocument } from "./document.ts";
import { MOST_FINDINGS } from "./findings.ts";
import { withoutIgnored } from "./ignores.ts";
import { Model, type Unread } from "./model.ts";
import { normalizeInbox, normalizePolicy } from "./normalize/policy.ts";
import { normalizeSequence } from "./normalize/sequence.ts";
import { knownFile, parseFile } from "./parse.ts";
import type { ParseCache } from "./parse-cache.ts";
import { personaOf, type Persona } from "./persona.ts";
import type { Inbox, Policy } from "./policy.ts";
import { RULES } from "./rules/index.ts";
import { scenarioOf, type Scenario } from "./scenario.ts";
import { salvage, type Salvaged } from "./salvage.ts";
import { variablesOf, type Variable } from "./variables.ts";
import { START, type ParsedFile, type SourceFile } from "./source.ts";

/** One sequence, ready to be published. */
export interface CompiledVersion {
  readonly id: string;
  readonly document: CanonicalDocument;
  /** SHA-256 in hex. */
  readonly digest: string;
  readonly path: string;
  /** The file's text. */
  readonly source: string;
}

export interface Compilation {
  /** Null without a valid `cadenza.yaml`. */
  readonly workspace: Policy | null;
  readonly inboxes: readonly Inbox[];
  /** Declared in files and in sequences, each once. */
  readonly attributes: readonly AttributeDeclaration[];
  /** Empty while anything is in error: half a change is worse than none. */
  readonly sequences: readonly CompiledVersion[];
  readonly personas: readonly Persona[];
  /** Every test's scenario; empty while anything is in error. */
  readonly scenarios: readonly Scenario[];
  /** Every finding, in the order of files and lines. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many files were read. */
  readonly files: number;
  /** What templates of a sequence may use, or of any; there even while something is in error. */
  variables(sequence?: string): readonly Variable[];
  /** Ids of all sequences that could be read. */
  readonly sequenceIds: readonly string[];
}

/** The longest message of a finding, in characters. */
const LONGEST = 500;

interface CompileOptions {
  /** Spares parsing what was read before; the result is the same without it. */
  readonly parsed?: ParseCache;
}

/** Checks and compiles a workspace's files. Pure: the same files give the same result anywhere. */
export function compile(
  files: readonly SourceFile[],
  { parsed }: CompileOptions = {},
): Compilation {
  const { model, diagnostics } = readAll(files, parsed);
  for (const rule of RULES) rule(model);
  proveTemplates(model, RULES);
  diagnostics.push(...missingWorkspace(files, model, diagnostics), ...model.diagnostics);
  const judged = judge(diagnostics, model);
  const isValid = !judged.some(({ severity }) => severity === "error");
  const workspace = model.workspace;
  let versions: readonly CompiledVersion[] | undefined;
  return {
    workspace: isValid && workspace !== undefined ? normalizePolicy(model, workspace) : null,
    inboxes: isValid ? [...model.inboxes.values()].map(({ value }) => normalizeInbox(value)) : [],
    attributes: isValid ? uniqueAttributes(model.attributes) : [],
    // Worked out when asked for: to validate, nobody does.
    get sequences() {
      versions ??= isValid ? model.sequences.map((sequence) => versionOf(model, sequence)) : [];
      return versions;
    },
    personas: isValid ? model.personas.map(personaOf) : [],
    get scenarios() {
      return isValid ? model.tests.map((test) => scenarioOf(model, test)) : [];
    },
    diagnostics: judged,
    files: files.length,
    variables(sequence) {
      const named = model.sequences.find(({ value }) => value.id === sequence);
      return variablesOf(model, named?.value.target ?? null);
    },
    sequenceIds: model.sequences.map(({ value }) => value.id),
  };
}

/** Parses every file. One with mistakes takes part as far as it can be made out. */
function readAll(
  files: readonly SourceFile[],
  parsed: ParseCache | undefined,
): { model: Model; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const valid: ParsedFile[] = [];
  const salvaged: Salvaged[] = [];
  const unread: Unread[] = [];
  for (const source of files) {
    const known = parsed?.get(source.text);
    if (known !== undefined) {
      valid.push(knownFile(source, known));
      continue;
    }
    const { file, diagnostics: broken } = parseFile(source);
    const found = file === null ? broken : checkSchema(file, MOST_FINDINGS);
    diagnostics.push(...found.slice(0, MOST_FINDINGS));
    if (file !== null && found.length === 0) {
      const { kind, value, stepLines } = file;
      parsed?.set(source.text, { kind, value, stepLines });
      valid.push(file);
      continue;
    }
    const rest = file === null ? null : salvage(file);
    if (rest === null) unread.push(guessOf(source));
    else salvaged.push(rest);
  }
  return { model: new Model(valid, salvaged, unread), diagnostics };
}

/** What a file that cannot be read most likely is. */
function guessOf({ text }: SourceFile): Unread {
  const kind = /^kind:[ \t]*["']?(\w+)/m.exec(text)?.[1] ?? "";
  return { kind, id: /^id:[ \t]*["']?([\w-]+)/m.exec(text)?.[1] ?? null };
}

function versionOf(model: Model, sequence: Model["sequences"][number]): CompiledVersion {
  const document = normalizeSequence(model, sequence);
  const { path, text } = sequence.file;
  return { id: document.id, document, digest: digestOf(document), path, source: text };
}

/** Only where no file may be it: a broken one has its own findings. */
function missingWorkspace(
  files: readonly SourceFile[],
  model: Model,
  found: readonly Diagnostic[],
): Diagnostic[] {
  const isThere = model.workspaces.length > 0 || model.mayExist("Workspace");
  const isBroken = found.some(({ file }) => /^cadenza\.ya?ml$/.test(file));
  if (isThere || isBroken || files.length === 0) return [];
  return [
    {
      rule: "workspace-missing",
      severity: "error",
      file: "cadenza.yaml",
      ...START,
      message: "there is no workspace",
      hint: "add cadenza.yaml: kind: Workspace, name: …, timezone: …",
    },
  ];
}

/** Each finding once, in order, with the severity that the workspace gives it. Errors stay errors, whatever is said of them. */
function judge(diagnostics: readonly Diagnostic[], model: Model): Diagnostic[] {
  const severities = model.workspace?.lint ?? {};
  const told = new Set<string>();
  return withoutIgnored(diagnostics, model)
    .flatMap((found) => {
      const set = Object.hasOwn(severities, found.rule) ? severities[found.rule] : undefined;
      if (found.severity === "error" || set === undefined) return [found];
      return set === "off" ? [] : [{ ...found, severity: set }];
    })
    .filter(({ file, line, column, rule, message }) => {
      const key = [file, line, column, rule, message].join("\0");
      return told.has(key) ? false : told.add(key);
    })
    .map(clipped)
    .toSorted(compareDiagnostics);
}

/** Findings quote what was written, and that may be of any length. */
function clipped(found: Diagnostic): Diagnostic {
  const clip = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  const { message, hint } = found;
  return { ...found, message: clip(message), ...(hint === undefined ? {} : { hint: clip(hint) }) };
}

function uniqueAttributes(all: readonly AttributeDeclaration[]): AttributeDeclaration[] {
  const byName = new Map(all.toReversed().map((one) => [`${one.entity}.${one.key}`, one]));
  return [...byName.values()].toReversed().map(({ entity, key, type, options, description }) => ({
    entity,
    key,
    type,
    ...(options === undefined ? {} : { options }),
    ...(description === undefined ? {} : { description }),
  }));
}
