import type { Kysely } from "kysely";
import { mergeAgents } from "../store/agents.ts";
import { mergeContacts, readContacts } from "../store/contacts.ts";
import type { Schema } from "../store/schema.ts";
import { mergeTargets, readTarget, targetKey, type RecordType } from "../store/targets.ts";
import type { Engine } from "./engine.ts";
import type { EntityChange, EntityResult } from "./http/ports.ts";
import { rederiveFor } from "./rederive.ts";
import { exitOnStatus } from "./status-events.ts";

/**
 * Creates or merges one entity and lets its enrollments follow: due times, releases and exits, all in
 * the caller's transaction.
 * @param now epoch ms
 */
export async function mergeEntity(
  trx: Kysely<Schema>,
  engine: Engine,
  change: EntityChange,
  now: number,
): Promise<EntityResult> {
  const { type, id, data } = change;
  switch (type) {
    case "agent": {
      const merged = await mergeAgents(trx, new Map([[id, data]]), now);
      // Even a new one may have been named before.
      await rederiveFor(trx, engine, { agents: [id] }, now);
      return { created: merged.get(id)!.created };
    }
    case "contact": {
      const merged = await mergeContacts(trx, new Map([[id, data]]), now);
      const { created } = merged.get(id)!;
      if (!created) await rederiveFor(trx, engine, { contacts: [id] }, now);
      return { created };
    }
    default:
      return mergeTarget(trx, engine, { ...change, type }, now);
  }
}

async function mergeTarget(
  trx: Kysely<Schema>,
  engine: Engine,
  change: EntityChange & { readonly type: RecordType },
  now: number,
): Promise<EntityResult> {
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
  if (!merged.created) {
    const statuses = [{ target, before: before?.data ?? null, after: merged.data }];
    await exitOnStatus(trx, engine, statuses, now);
    await rederiveFor(trx, engine, { targets: [target] }, now);
  }
  return { created: merged.created };
}
