import type { Kysely } from "kysely";
import type { Facts } from "../core/facts.ts";
import type { Policy } from "../core/language/policy.ts";
import { readAgents } from "../store/agents.ts";
import { readContacts } from "../store/contacts.ts";
import type { WaitingEnrollment } from "../store/enrollments-waiting.ts";
import type { Schema } from "../store/schema.ts";
import { readTargets, targetKey, type TargetRef } from "../store/targets.ts";
import { factsOf, recordOf } from "./facts.ts";

/** The facts of enrollments, by enrollment id, in three reads whatever their number. */
export async function loadFacts(
  db: Kysely<Schema>,
  enrollments: readonly WaitingEnrollment[],
  policy: Policy,
): Promise<ReadonlyMap<string, Facts>> {
  const contacts = await readContacts(db, [...new Set(enrollments.map((one) => one.contact_id))]);
  const targets = await readTargets(
    db,
    unique(enrollments.flatMap((one) => refOf(one.target_type, one.target_id))),
  );
  const agentOf = (one: WaitingEnrollment) => {
    const target = targets.get(targetKey({ type: one.target_type, id: one.target_id }));
    const assigned = target?.data["agent_id"];
    return one.agent_id ?? (typeof assigned === "string" ? assigned : null);
  };
  const agentIds = new Set(enrollments.map(agentOf).filter((id) => id !== null));
  const agents = await readAgents(db, [...agentIds]);
  return new Map(
    enrollments.map((one) => {
      const target = targets.get(targetKey({ type: one.target_type, id: one.target_id })) ?? null;
      const facts = factsOf({
        contact: { id: one.contact_id, data: contacts.get(one.contact_id) ?? {} },
        target,
        agent: recordOf(agentOf(one), agents),
        policy,
        enrollmentId: one.id,
        startedAt: one.started_at.getTime(),
      });
      return [one.id, facts];
    }),
  );
}

function refOf(type: WaitingEnrollment["target_type"], id: string): TargetRef[] {
  return type === "contact" ? [] : [{ type, id }];
}

function unique(refs: readonly TargetRef[]): TargetRef[] {
  return [...new Map(refs.map((ref) => [targetKey(ref), ref])).values()];
}
