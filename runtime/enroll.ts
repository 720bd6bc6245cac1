import type { Kysely } from "kysely";
import { scheduleFrom } from "../core/enrollment/index.ts";
import type { EntityData } from "../core/facts.ts";
import { mergeAgents, readAgents } from "../store/agents.ts";
import { mergeContactsAndTargets } from "../store/contacts.ts";
import type { EnrollContext } from "../store/enroll-context.ts";
import { startEnrollments, type NewEnrollment } from "../store/enrollments-start.ts";
import { newId } from "../store/ids.ts";
import { readLiveKeys, type UnderWay } from "../store/live-keys.ts";
import { mergePatches } from "../store/merge.ts";
import { placementOf, placementText } from "../store/placement.ts";
import type { Schema } from "../store/schema.ts";
import { targetKey, type TargetPatch } from "../store/targets.ts";
import type { Engine } from "./engine.ts";
import { resolveRequests, type Accepted } from "./enroll-resolve.ts";
import { factsOf, recordOf } from "./facts.ts";
import type { Enrolled, EnrollRequest, EnrollResult } from "./http/ports.ts";
import { rederiveFor } from "./rederive.ts";
import { exitOnEvents } from "./events/exit.ts";
import { occurrencesOf, type Occurrence } from "./events/occurrence.ts";

/**
 * Enrolls many targets in one transaction, each statement once for all of them. A request that is
 * refused changes nothing and does not stop the others.
 * @param now epoch ms
 * @returns one result a request, in their order; and what the data that came along made happen, for the
 * triggers that wait for it
 */
export async function enrollMany(
  trx: Kysely<Schema>,
  engine: Engine,
  requests: readonly EnrollRequest[],
  now: number,
): Promise<{ readonly results: EnrollResult[]; readonly occurred: readonly Occurrence[] }> {
  const { accepted, results, stored } = await resolveRequests(trx, engine, requests);
  const records = await mergeRecords(trx, accepted, stored, now);
  const occurred = occurrencesOf(
    records.changed.targets.map(({ type, id }) => ({
      target: { type, id },
      before: stored.targets.get(targetKey({ type, id }))?.data ?? null,
      after: records.targets.get(targetKey({ type, id })) ?? {},
    })),
  );
  await exitOnEvents(trx, engine, occurred, now);
  await rederiveFor(trx, engine, records.changed, now);
  const begun = await begin(
    trx,
    engine,
    accepted.filter((one) => one.live === null),
    records,
    now,
  );
  for (const one of accepted) {
    const { liveId } = one;
    const existing = one.live === null ? begun.existing.get(liveId) : one.live;
    const fresh = begun.fresh.get(liveId);
    if (existing !== undefined) {
      results[one.index] = { status: 200, enrolled: existing, replayed: false };
    } else if (fresh !== undefined) {
      // A second row for the same target finds what the first one began.
      const status = fresh.index === one.index ? 201 : 200;
      results[one.index] = { status, enrolled: fresh.enrolled, replayed: false };
    }
  }
  return { results: results.map(decided), occurred };
}

function decided(result: EnrollResult | null, index: number): EnrollResult {
  if (result === null) throw new Error(`request ${index} was neither enrolled nor refused`);
  return result;
}

interface Records {
  /** The policy's, as it was read. */
  readonly revision: string | null;
  readonly contacts: ReadonlyMap<string, EntityData>;
  readonly targets: ReadonlyMap<string, EntityData>;
  readonly agents: ReadonlyMap<string, EntityData>;
  /** Those that may have enrollments that wait for their data: an agent may be named before it is known. */
  readonly changed: {
    readonly contacts: readonly string[];
    readonly targets: readonly TargetPatch[];
    readonly agents: readonly string[];
  };
}

/** Merges what the requests bring, and reads what they only name. */
async function mergeRecords(
  trx: Kysely<Schema>,
  accepted: readonly Accepted[],
  stored: EnrollContext,
  now: number,
): Promise<Records> {
  const contactPatches = new Map<string, EntityData>();
  const agentPatches = new Map<string, EntityData>();
  const targetPatches = new Map<string, TargetPatch>();
  for (const { request, contactId } of accepted) {
    const { target, contact, data, agent } = request;
    if (contact !== null) patch(contactPatches, contactId, contact.data);
    if (agent !== null) patch(agentPatches, agent.id, agent.data);
    if (data === null) continue;
    if (target.type === "contact") {
      patch(contactPatches, contactId, data.data);
    } else {
      const key = targetKey(target);
      const before = targetPatches.get(key);
      const merged = before === undefined ? data.data : mergePatches(before.data, data.data);
      targetPatches.set(key, { type: target.type, id: target.id, contactId, data: merged });
    }
  }
  // What is stored is locked: whoever changes a date meanwhile finds these enrollments once they are there.
  // What is not comes with its request, and is locked by its merge.
  const { contacts, targets } = await mergeContactsAndTargets(
    trx,
    contactPatches,
    [...targetPatches.values()],
    now,
  );
  const agents = await mergeAgents(trx, agentPatches, now);
  const allTargets = new Map([...dataOf(stored.targets), ...dataOf(targets)]);
  const named = accepted.map((one) => agentIdOf(one, allTargets)).filter((id) => id !== null);
  const agentIds = named.filter((id) => !agents.has(id));
  return {
    revision: stored.revision,
    contacts: new Map([...stored.contacts, ...dataOf(contacts)]),
    targets: allTargets,
    agents: new Map([...(await readAgents(trx, [...new Set(agentIds)])), ...dataOf(agents)]),
    changed: {
      contacts: [...contacts].filter(([, merged]) => !merged.created).map(([id]) => id),
      targets: [...targetPatches]
        .filter(([key]) => targets.get(key)?.created === false)
        .map(([, target]) => target),
      agents: [...agents.keys()],
    },
  };
}

/** Works the schedules out and begins the enrollments; what lost a race finds the winner. */
async function begin(
  trx: Kysely<Schema>,
  engine: Engine,
  accepted: readonly Accepted[],
  records: Records,
  now: number,
) {
  const fresh = new Map<string, { readonly index: number; readonly enrolled: Enrolled }>();
  const existing = new Map<string, UnderWay>();
  if (accepted.length === 0) return { fresh, existing };
  const workspace = await engine.workspace(trx, records.revision);
  const rows = new Map<string, { readonly one: Accepted; readonly row: NewEnrollment }>();
  for (const one of accepted) {
    if (rows.has(one.liveId)) continue;
    const { request, version, contactId } = one;
    const id = newId(now);
    const agentId = agentIdOf(one, records.targets);
    const { target } = request;
    const facts = factsOf({
      contact: { id: contactId, data: records.contacts.get(contactId) ?? {} },
      target: { ...target, data: records.targets.get(targetKey(target)) ?? {} },
      agent: recordOf(agentId, records.agents),
      policy: workspace.policy,
      enrollmentId: id,
      startedAt: now,
    });
    const at = { base: request.startAt ?? now, now };
    const schedule = scheduleFrom(one.program, 0, at, { workspace, facts });
    const row = {
      id,
      sequence: request.sequence,
      version: version.version,
      target,
      contactId,
      agentId: request.agent?.id ?? null,
      liveKey: one.liveKey,
      schedule,
    };
    rows.set(one.liveId, { one, row });
  }
  const begun = await startEnrollments(
    trx,
    [...rows.values()].map(({ row }) => row),
    records.revision,
    now,
  );
  const lost: Accepted[] = [];
  for (const [liveId, { one, row }] of rows) {
    if (begun.has(row.id)) fresh.set(liveId, { index: one.index, enrolled: begunOf(row, now) });
    else lost.push(one);
  }
  const winners = await readLiveKeys(
    trx,
    lost.map((one) => ({ sequence: one.request.sequence, liveKey: one.liveKey })),
  );
  for (const [liveId, { live }] of winners) if (live !== null) existing.set(liveId, live);
  return { fresh, existing };
}

function begunOf(row: NewEnrollment, now: number): Enrolled {
  const { state, step_id, next_due_at } = placementText(placementOf(row.schedule, now));
  const { id, sequence, version } = row;
  return { id, sequence, version, state, next_step: step_id, next_due_at };
}

function agentIdOf({ request }: Accepted, targets: ReadonlyMap<string, EntityData>): string | null {
  const assigned = targets.get(targetKey(request.target))?.["agent_id"];
  return request.agent?.id ?? (typeof assigned === "string" ? assigned : null);
}

function patch(patches: Map<string, EntityData>, id: string, data: EntityData): void {
  const before = patches.get(id);
  patches.set(id, before === undefined ? data : mergePatches(before, data));
}

function dataOf(records: ReadonlyMap<string, { readonly data: EntityData }>) {
  return new Map([...records].map(([id, { data }]) => [id, data]));
}
