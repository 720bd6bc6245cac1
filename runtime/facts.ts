import type { EntityData, Facts } from "../core/facts.ts";
import type { TargetType } from "../core/language/document.ts";
import type { Policy } from "../core/language/policy.ts";

/** A record as the store has it: its id beside its data. */
export interface FactRecord {
  readonly id: string;
  readonly data: EntityData;
}

/**
 * Puts together what templates and conditions see. Ids are part of the facts though not of the data.
 * @param given.startedAt epoch ms
 */
export function factsOf(given: {
  readonly contact: FactRecord;
  readonly target: (FactRecord & { readonly type: TargetType }) | null;
  readonly agent: FactRecord | null;
  readonly policy: Policy;
  readonly enrollmentId: string;
  readonly startedAt: number;
  readonly unsubscribeUrl?: string | undefined;
}): Facts {
  const { contact, target, agent, policy, enrollmentId, unsubscribeUrl } = given;
  const about =
    target === null || target.type === "contact"
      ? {}
      : { [target.type]: { ...target.data, id: target.id, contact_id: contact.id } };
  return {
    ...about,
    contact: { ...contact.data, id: contact.id },
    ...(agent === null ? {} : { agent: { ...agent.data, id: agent.id } }),
    workspace: { name: policy.sender.name, address: policy.sender.address },
    unsubscribe_url: unsubscribeUrl,
    enrollment: { id: enrollmentId, started_at: new Date(given.startedAt).toISOString() },
  };
}

/** A record out of many; null where the id is null or the record does not exist. */
export function recordOf(
  id: string | null,
  records: ReadonlyMap<string, EntityData>,
): FactRecord | null {
  const data = id === null ? undefined : records.get(id);
  return id === null || data === undefined ? null : { id, data };
}
