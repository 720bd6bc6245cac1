import type { Kysely } from "kysely";
import { isTriggeredBy, type Program, type Workspace } from "../../core/enrollment/index.ts";
import type { Facts } from "../../core/facts.ts";
import { readContacts } from "../../store/contacts.ts";
import type { Schema } from "../../store/schema.ts";
import { listListening } from "../../store/sequences.ts";
import { readTargets, targetKey, type Target, type TargetRef } from "../../store/targets.ts";
import type { Engine } from "../engine.ts";
import { enrollMany } from "../enroll.ts";
import { factsOf, type FactRecord } from "../facts.ts";
import type { Enrolled } from "../http/ports.ts";
import type { Occurrence } from "./occurrence.ts";

/** A target that may begin a sequence. */
export interface Candidate {
  readonly sequence: string;
  /** The version that a new enrollment starts on. */
  readonly version: number;
  readonly target: Occurrence["target"];
  /** Whether one of the version's triggers wants it. */
  fits(program: Program, workspace: Workspace, facts: Facts): boolean;
}

/**
 * Enrolls what events are about in the sequences that wait for them. One that is under way already goes
 * on as it is, and one that may not begin again does not.
 * @param now epoch ms, here as below
 * @returns the enrollments that began
 */
export async function startTriggered(
  trx: Kysely<Schema>,
  engine: Engine,
  occurrences: readonly Occurrence[],
  now: number,
): Promise<Enrolled[]> {
  if (occurrences.length === 0) return [];
  const listening = await listListening(trx, [...new Set(occurrences.map(({ type }) => type))]);
  const candidates = occurrences.flatMap(({ type, target }) =>
    listening
      .filter((sequence) => sequence.target === target.type)
      .map(({ id: sequence, version }): Candidate => ({
        sequence,
        version,
        target,
        fits: (program, workspace, facts) => isTriggeredBy(program, type, workspace, facts),
      })),
  );
  return startFitting(trx, engine, candidates, now);
}

/** Enrolls the candidates that a trigger wants, by what is stored of them. @returns the enrollments that began */
export async function startFitting(
  trx: Kysely<Schema>,
  engine: Engine,
  candidates: readonly Candidate[],
  now: number,
): Promise<Enrolled[]> {
  if (candidates.length === 0) return [];
  const workspace = await engine.workspace(trx);
  const known = await readKnown(trx, candidates);
  const requests = [];
  for (const { sequence, version, target, fits } of candidates) {
    const about = known.get(targetKey(target));
    if (about === undefined) continue;
    const facts = factsOf({
      ...about,
      agent: null,
      policy: workspace.policy,
      enrollmentId: "",
      startedAt: now,
    });
    const program = await engine.program(trx, sequence, version);
    if (fits(program, workspace, facts)) requests.push({ ...ONLY_NAMED, sequence, target });
  }
  const { results } = await enrollMany(trx, engine, requests, now);
  return results.flatMap((one) => ("enrolled" in one && one.status === 201 ? [one.enrolled] : []));
}

/** A trigger brings no data: what it is about is stored. */
const ONLY_NAMED = { contact: null, data: null, agent: null, startAt: null, idempotency: null };

interface Known {
  readonly contact: FactRecord;
  readonly target: Target | null;
}

/** What candidates are, with the contact that it belongs to; by `targetKey`. */
async function readKnown(
  trx: Kysely<Schema>,
  candidates: readonly Pick<Candidate, "target">[],
): Promise<ReadonlyMap<string, Known>> {
  const refs = candidates.flatMap(({ target: { type, id } }): TargetRef[] =>
    type === "contact" ? [] : [{ type, id }],
  );
  const targets = await readTargets(trx, refs);
  const named = candidates.flatMap(({ target }) => (target.type === "contact" ? [target.id] : []));
  const owners = [...targets.values()].map((target) => target.contact_id);
  const contacts = await readContacts(trx, [...new Set([...named, ...owners])]);
  const known = new Map<string, Known>();
  for (const id of named) {
    const data = contacts.get(id);
    if (data === undefined) continue;
    known.set(targetKey({ type: "contact", id }), { contact: { id, data }, target: null });
  }
  for (const [key, target] of targets) {
    const id = target.contact_id;
    known.set(key, { contact: { id, data: contacts.get(id) ?? {} }, target });
  }
  return known;
}
