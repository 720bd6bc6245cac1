import type { Diagnostic } from "../core/language/diagnostic.ts";
import type { AttributeDeclaration } from "../core/language/document.ts";
import type { Publication } from "../store/publishing.ts";
import { retiredBy } from "../store/retired.ts";
import type { Candidate } from "./candidate.ts";
import type { Outcome } from "./outcome.ts";

/** What a commit is held against: the state that the valid commit before it left, or leaves. */
export interface Live {
  /** Those that are not retired. */
  readonly sequences: ReadonlySet<string>;
  readonly attributes: readonly Pick<AttributeDeclaration, "entity" | "key" | "type">[];
  /** Null before anything was published. */
  readonly workspace: Pick<Publication, "policy" | "inboxes"> | null;
}

/** The state that a commit leaves. Pure. */
export function liveAfter(live: Live, publication: Publication): Live {
  const { sequences, attributes, policy, inboxes } = publication;
  const known = new Set(live.attributes.map(nameOf));
  const added = attributes.filter((one) => !known.has(nameOf(one)));
  return {
    sequences: new Set(sequences.map(({ id }) => id)),
    attributes: [...live.attributes, ...added],
    workspace: { policy, inboxes },
  };
}

function nameOf({ entity, key }: Pick<AttributeDeclaration, "entity" | "key">): string {
  return `${entity}.${key}`;
}

/** Why a commit is not published; null when nothing speaks against it. */
export type Objection = Outcome & { readonly diagnostics: readonly Diagnostic[] };

interface Circumstances {
  readonly candidate: Candidate;
  readonly live: Live;
  /** Whether an operator has accepted this very commit's stall. */
  readonly accepts: (reason: StallReason) => boolean;
}

/** What a commit stalls on until it is acknowledged. */
export type StallReason = "EmptyTree" | "RetireGuard";

/** What is asked of a commit before it is published, in this order; the first objection counts. */
const CHECKS: readonly ((given: Circumstances) => Objection | null)[] = [
  emptyTree,
  invalid,
  attributeTypes,
  retireGuard,
];

/** Holds a commit against the state before it. Pure. */
export function objectionTo(given: Circumstances): Objection | null {
  for (const check of CHECKS) {
    const objection = check(given);
    if (objection !== null) return objection;
  }
  return null;
}

function emptyTree({ candidate, live }: Circumstances): Objection | null {
  const { commit, files, publication, diagnostics } = candidate;
  if (files > 0 || publication !== null) return null;
  const holds = "the folder holds no YAML file in this commit";
  const message =
    live.workspace === null
      ? `${holds}; commit a cadenza.yaml there, or name the folder that has one with --path`
      : `${holds}; check --path, or restore the files; ` +
        `if every sequence is to be retired: cadenza reconcile --acknowledge ${commit.sha}`;
  return { outcome: "stalled", reason: "EmptyTree", message, diagnostics };
}

function invalid({ candidate }: Circumstances): Objection | null {
  if (candidate.publication !== null) return null;
  return invalidCommit(candidate.diagnostics);
}

function invalidCommit(diagnostics: readonly Diagnostic[]): Objection {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  const more = errors.length > 1 ? ` and ${errors.length - 1} more` : "";
  const told = first === undefined ? "" : `: ${first.file}:${first.line} ${first.message}${more}`;
  return {
    outcome: "failed",
    reason: "InvalidCommit",
    message: `the commit is invalid${told}`,
    diagnostics,
  };
}

function attributeTypes({ candidate, live }: Circumstances): Objection | null {
  const types = new Map(live.attributes.map((one) => [nameOf(one), one.type]));
  const changed = (candidate.publication?.attributes ?? []).flatMap((one) => {
    const before = types.get(nameOf(one));
    if (before === undefined || before === one.type) return [];
    const hint = "declare another key: what is stored under this one keeps its type";
    return [
      inWorkspace(
        "attribute-type-changed",
        `${nameOf(one)} is ${before} and cannot become ${one.type}`,
        hint,
      ),
    ];
  });
  return changed.length === 0 ? null : invalidCommit([...changed, ...candidate.diagnostics]);
}

/** The guard is the one before the commit: a commit cannot lift the guard that it would hit. */
function retireGuard({ candidate, live, accepts }: Circumstances): Objection | null {
  const { commit, publication, diagnostics } = candidate;
  if (publication === null || accepts("RetireGuard")) return null;
  const retired = retiredBy(publication, live.sequences);
  const guard = (live.workspace ?? publication).policy.retire_guard;
  if (retired.length <= guard) return null;
  const more = retired.length > 5 ? ", …" : "";
  const message =
    `the commit would retire ${retired.length} sequences (${retired.slice(0, 5).join(", ")}${more}), more than retire_guard: ${guard}; ` +
    `if that is meant: cadenza reconcile --acknowledge ${commit.sha}`;
  return { outcome: "stalled", reason: "RetireGuard", message, diagnostics };
}

/** A finding about the workspace as a whole. */
export function inWorkspace(rule: string, message: string, hint?: string): Diagnostic {
  const position = { line: 1, column: 1, endLine: 1, endColumn: 2 };
  const advice = hint === undefined ? {} : { hint };
  return { rule, severity: "error", file: "cadenza.yaml", ...position, message, ...advice };
}
