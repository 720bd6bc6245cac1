import type { Kysely } from "kysely";
import { mergeAgents } from "../store/agents.ts";
import { mergeContacts, readContacts } from "../store/contacts.ts";
import type { ChangedRecords } from "../store/enrollments-waiting.ts";
import type { Schema } from "../store/schema.ts";
import { mergeTargets, readTarget, targetKey, type RecordType } from "../store/targets.ts";
import type { Engine } from "./engine.ts";
import { exitOnEvents } from "./events/exit.ts";
import { occurrencesOf, type Occurrence } from "./events/occurrence.ts";
import { startTriggered } from "./events/trigger.ts";
import type { EntityChange, Enrolled, Refusal } from "./http/ports.ts";
import { rederiveFor } from "./rederive.ts";

/** What came of a merge: whether the record is new, and which enrollments events began and ended. */
export type Merged =
  | { readonly created: boolean; readonly began: readonly Enrolled[]; readonly ended: number }
  | { readonly refused: Refusal };

/**
 * Creates or merges one entity and lets its enrollments follow: due times, releases, exits and triggers,
 * all in the caller's transaction.
 * @param now epoch ms
 * @param reported what is said to have happened to it; besides what its own status tells
 */
export async function mergeEntity(
  trx: Kysely<Schema>,
  engine: Engine,
  change: EntityChange,
  now: number,
  reported: readonly Occurrence[] = [],
): Promise<Merged> {
  const { type, id, data } = change;
  switch (type) {
    case "agent": {
      const merged = await mergeAgents(trx, new Map([[id, data]]), now);
      // Even a new one may have been named before.
      await rederiveFor(trx, engine, { agents: [id] }, now);
      return { created: merged.get(id)!.created, began: [], ended: 0 };
    }
    case "contact": {
      const merged = await mergeContacts(trx, new Map([[id, data]]), now);
      const { created } = merged.get(id)!;
      const changed = created ? null : { contacts: [id] };
      return { created, ...(await follow(trx, engine, changed, reported, now)) };
    }
    default:
      return mergeTarget(trx, engine, { ...change, type }, now, reported);
  }
}

async function mergeTarget(
  trx: Kysely<Schema>,
  engine: Engine,
  change: EntityChange & { readonly type: RecordType },
  now: number,
  reported: readonly Occurrence[],
): Promise<Merged> {
  const { type, id, data } = change;
  const target = { type, id };
  const before = await readTarget(trx, target);
  const contactId = change.contactId ?? before?.contact_id;
  if (contactId === undefined) {
    const detail = `Say whose ${type} ${id} is: a new ${type} needs \`contact_id\``;
    return { refused: { problem: "contact-missing", detail } };
  }
  if (before === null && !(await readContacts(trx, [contactId])).has(contactId)) {
    const detail = `There is no contact ${contactId}; PUT /v1/contacts/${encodeURIComponent(contactId)} first`;
    return { refused: { problem: "unknown-contact", detail } };
  }
  const merged = (await mergeTargets(trx, [{ ...target, contactId, data }], now)).get(
    targetKey(target),
  );
  if (merged === undefined) {
    const detail = `${type} ${id} belongs to another contact, and stays with it`;
    return { refused: { problem: "other-contact", detail } };
  }
  const { created } = merged;
  const own = created
    ? []
    : occurrencesOf([{ target, before: before?.data ?? null, after: merged.data }]);
  const others = reported.filter((one) => own.every(({ type: raised }) => raised !== one.type));
  const changed = created ? null : { targets: [target] };
  return { created, ...(await follow(trx, engine, changed, [...own, ...others], now)) };
}

/** Lets enrollments follow: first those end that an event ends, then the others move, then new ones begin. */
async function follow(
  trx: Kysely<Schema>,
  engine: Engine,
  changed: ChangedRecords | null,
  occurred: readonly Occurrence[],
  now: number,
) {
  const ended = await exitOnEvents(trx, engine, occurred, now);
  if (changed !== null) await rederiveFor(trx, engine, changed, now);
  return { ended, began: await startTriggered(trx, engine, occurred, now) };
}
