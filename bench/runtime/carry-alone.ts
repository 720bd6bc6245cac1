import { sql } from "kysely";
import { fromKysely, type PgBoss } from "pg-boss";
import { afterSend, type Program, type Workspace } from "../../core/enrollment/index.ts";
import { planOne, type PlannedSend } from "../../runtime/execute/plan.ts";
import type { ClaimedEnrollment } from "../../store/chunk-load.ts";
import type { Db } from "../../store/database.ts";
import { newId } from "../../store/ids.ts";
import { instantNumber } from "../../store/json.ts";
import { iso, placementOf, placementText } from "../../store/placement.ts";
import { DEFERRED_QUEUE, type DeferredStep } from "./deferred-jobs.ts";

interface Carrier {
  readonly db: Db;
  readonly boss: PgBoss;
  readonly workspace: Workspace;
  readonly program: Program;
}

/**
 * One step as one would write it as a job: load the enrollment, render, send, and in one transaction record
 * the message and the history, move the enrollment and send the next step's job. Decisions and texts are
 * the engine's own; nobody waits for a provider.
 * @param now epoch ms
 */
export async function carryAlone(carrier: Carrier, id: string, now: number): Promise<void> {
  const { db, program, workspace } = carrier;
  const row = await load(db, id);
  if (row === undefined) return;
  const planned = planOne(row, program, workspace, now);
  if (planned.kind !== "send") throw new Error(`${id} has nothing to send`);
  await record(carrier, planned.send, now);
}

/** Without what only few enrollments have: agents, conversations, suppressions, drafts. */
async function load(db: Db, id: string): Promise<ClaimedEnrollment | undefined> {
  const loaded = await sql<ClaimedEnrollment>`
    select e.id, e.sequence_id, e.version, e.target_type, e.target_id, e.contact_id, e.step_id,
      ${instantNumber("e.base_at")} as base_at, ${instantNumber("e.next_due_at")} as next_due_at,
      ${instantNumber("e.expires_at")} as expires_at, ${instantNumber("e.started_at")} as started_at,
      e.attempt, e.failed_channels, c.data as contact, t.data as target, null as agent, '[]'::jsonb as conversations, '[]'::jsonb as suppressions
    from enrollments e
    join contacts c on c.id = e.contact_id
    join targets t on t.type = e.target_type and t.id = e.target_id
    where e.id = ${id}::uuid and e.state = 'active'`.execute(db);
  return loaded.rows[0];
}

async function record({ db, boss }: Carrier, send: PlannedSend, now: number): Promise<void> {
  const { row, program, situation, position, message } = send;
  const at = iso(now);
  const messageId = newId(now);
  const schedule = afterSend(program, position.step, now, now, situation);
  const placement = placementOf(schedule, now);
  const { failed_channels, ...next } = placementText(placement);
  await db.transaction().execute(async (trx) => {
    await trx
      .insertInto("messages")
      .values({
        id: messageId,
        enrollment_id: row.id,
        step_id: position.step,
        attempt: position.attempt,
        state: "sent",
        channel: message.channel,
        inbox_id: message.inbox,
        address: message.to,
        reason: message.reason,
        subject: message.subject,
        body: message.text,
        html: message.html,
        due_at: iso(position.due),
        created_at: at,
        sent_at: at,
        updated_at: at,
      })
      .execute();
    await trx
      .updateTable("enrollments")
      .set({ ...next, failed_channels: [...failed_channels], updated_at: at })
      .where("id", "=", row.id)
      .execute();
    const data = { message: messageId, channel: message.channel, inbox: message.inbox };
    await trx
      .insertInto("history")
      .values({
        enrollment_id: row.id,
        at,
        type: "sent",
        step_id: position.step,
        data: JSON.stringify({ ...data, reason: message.reason }),
      })
      .execute();
    if (placement.next_due_at === null) return;
    // pg-boss goes by the database's clock.
    const startAfter = iso(Date.now() + placement.next_due_at - now);
    const job: DeferredStep = { enrollment: row.id };
    await boss.send(DEFERRED_QUEUE, job, { startAfter, db: fromKysely(trx) });
  });
}
