import { sql, type Kysely, type Selectable } from "kysely";
import { iso } from "./placement.ts";
import type { DraftTable, Schema } from "./schema.ts";

export type Draft = Selectable<DraftTable>;

/** A draft that a model is to write. */
export type WantedDraft = Pick<
  Draft,
  | "id"
  | "step_id"
  | "attempt"
  | "compose"
  | "channel"
  | "inbox_id"
  | "address"
  | "static_subject"
  | "static_body"
> & { readonly due_at: string; readonly expires_at: string };

/**
 * Takes drafts to be written, the oldest first; each is this caller's until the lease ends.
 * @param now epoch ms, here as below
 */
export async function claimWanted(
  db: Kysely<Schema>,
  limit: number,
  leaseMs: number,
  now: number,
): Promise<Draft[]> {
  const claimed = await sql<Draft>`
    with wanted as (
      select id from drafts
      where state = 'wanted' and (lease_until is null or lease_until <= ${iso(now)}::timestamptz)
      order by created_at limit ${limit} for update skip locked
    )
    update drafts d set lease_until = ${iso(now + leaseMs)}::timestamptz, tries = d.tries + 1
    from wanted where d.id = wanted.id
    returning d.*
  `.execute(db);
  return claimed.rows;
}

/** What came of asking a model. */
export interface Written {
  readonly subject: string | null;
  /** Null: the static text. */
  readonly body: string | null;
  readonly problem: string | null;
  readonly prompt: object | null;
  readonly model: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** By the prices that the operator has set; 0 where none are. */
  readonly cost: number;
}

/**
 * Records what was written: ready to be sent, or for a person to decide, with a message that awaits them.
 * @returns false when another has recorded it, or the enrollment has moved on
 */
export async function recordWritten(
  trx: Kysely<Schema>,
  draft: Draft,
  written: Written,
  now: number,
): Promise<boolean> {
  const at = iso(now);
  const state = draft.compose === "ai_full" ? "ready" : "awaiting";
  const recorded = await trx
    .updateTable("drafts")
    .set({
      state,
      subject: written.subject,
      body: written.body,
      problem: written.problem,
      prompt: written.prompt === null ? null : JSON.stringify(written.prompt),
      model: written.model,
      prompt_tokens: written.promptTokens,
      completion_tokens: written.completionTokens,
      cost: written.cost,
      lease_until: null,
    })
    .where("id", "=", draft.id)
    .where("state", "=", "wanted")
    .executeTakeFirst();
  if (recorded.numUpdatedRows === 0n) return false;
  const { id, enrollment_id, step_id, attempt } = draft;
  const { problem, model, promptTokens, completionTokens, cost } = written;
  const tokens = promptTokens + completionTokens;
  await tell(trx, draft, "drafted", { draft: id, model, tokens, cost, problem }, now);
  if (state === "ready") {
    await wake(trx, draft, now);
    return true;
  }
  await trx
    .insertInto("messages")
    .values({
      id,
      enrollment_id,
      step_id,
      attempt,
      state: "awaiting_approval",
      channel: draft.channel,
      inbox_id: draft.inbox_id,
      address: draft.address,
      subject: written.subject ?? draft.static_subject,
      body: written.body ?? draft.static_body,
      due_at: draft.due_at,
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.columns(["enrollment_id", "step_id", "attempt"]).doNothing())
    .execute();
  return true;
}

/** Gives up a draft whose enrollment has moved on. */
export async function dropDraft(db: Kysely<Schema>, id: string): Promise<void> {
  await db
    .updateTable("drafts")
    .set({ state: "dropped", lease_until: null })
    .where("id", "=", id)
    .where("state", "=", "wanted")
    .execute();
}

/** A draft as whoever decides on it sees it. */
interface Approval {
  readonly id: string;
  readonly enrollment_id: string;
  readonly sequence: string;
  readonly version: number;
  readonly step: string;
  readonly contact_id: string;
  readonly contact_name: string | null;
  readonly channel: Draft["channel"];
  readonly to: string;
  readonly subject: string | null;
  readonly body: string;
  readonly static_subject: string | null;
  readonly static_body: string;
  readonly problem: string | null;
  readonly model: string | null;
  readonly tokens: number;
  readonly due_at: Date;
  readonly expires_at: Date;
  readonly created_at: Date;
}

/** Drafts that wait for a person, the oldest first. What has expired, or whose enrollment moved on, does not. */
export async function listApprovals(
  db: Kysely<Schema>,
  page: { readonly after: string | null; readonly limit: number },
  now: number,
): Promise<Approval[]> {
  const after = page.after === null ? sql`` : sql`and d.id > ${page.after}::uuid`;
  const found = await sql<Approval>`
    select d.id, d.enrollment_id, e.sequence_id as sequence, e.version, d.step_id as step, e.contact_id,
      c.data ->> 'name' as contact_name, d.channel, d.address as to,
      coalesce(d.subject, d.static_subject) as subject, coalesce(d.body, d.static_body) as body,
      d.static_subject, d.static_body, d.problem, d.model,
      d.prompt_tokens + d.completion_tokens as tokens, d.due_at, d.expires_at, d.created_at
    from drafts d
      join enrollments e on e.id = d.enrollment_id and e.step_id = d.step_id
        and e.state in ('active', 'paused')
      join contacts c on c.id = e.contact_id
    where d.state = 'awaiting' and d.expires_at > ${iso(now)}::timestamptz ${after}
    order by d.id limit ${page.limit}
  `.execute(db);
  return found.rows;
}

/** Locks a draft to be decided; null when there is none. */
export async function lockDraft(trx: Kysely<Schema>, id: string): Promise<Draft | null> {
  const rows = trx.selectFrom("drafts").selectAll().where("id", "=", id).forNoKeyUpdate();
  return (await rows.executeTakeFirst()) ?? null;
}

/** A person's decision: the text goes, as it is or as they wrote it. */
export async function approveDraft(
  trx: Kysely<Schema>,
  draft: Draft,
  edit: { readonly subject: string | null; readonly body: string } | null,
  by: string,
  now: number,
): Promise<void> {
  const at = iso(now);
  const subject = edit?.subject ?? draft.subject;
  const body = edit === null ? draft.body : edit.body;
  await trx
    .updateTable("drafts")
    .set({ state: "ready", subject, body, edited: edit !== null, decided_at: at, decided_by: by })
    .where("id", "=", draft.id)
    .execute();
  await trx
    .updateTable("messages")
    .set({ state: "pending", updated_at: at })
    .where("enrollment_id", "=", draft.enrollment_id)
    .where("step_id", "=", draft.step_id)
    .where("state", "=", "awaiting_approval")
    .execute();
  await tell(trx, draft, "approved", { draft: draft.id, by, edited: edit !== null }, now);
  await wake(trx, draft, now);
}

/** A person's decision: nothing goes. The enrollment's step is passed over by whoever calls. */
export async function discardDraft(
  trx: Kysely<Schema>,
  draft: Draft,
  by: string,
  now: number,
): Promise<void> {
  await trx
    .updateTable("drafts")
    .set({ state: "discarded", decided_at: iso(now), decided_by: by })
    .where("id", "=", draft.id)
    .execute();
  await tell(trx, draft, "discarded", { draft: draft.id, by }, now);
}

/** Drafts that nobody has been told of, marked as told. @returns their ids */
export async function takeUnnotified(db: Kysely<Schema>, now: number): Promise<string[]> {
  const taken = await db
    .updateTable("drafts")
    .set({ notified_at: iso(now) })
    .where("state", "=", "awaiting")
    .where("notified_at", "is", null)
    .where("expires_at", ">", new Date(now))
    .returning("id")
    .execute();
  return taken.map(({ id }) => id);
}

/** Marks drafts as not told after all. */
export async function untakeNotified(db: Kysely<Schema>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable("drafts")
    .set({ notified_at: null })
    .where("id", "in", [...ids])
    .execute();
}

/** What a chunk has in hand at this moment was decided without the draft: it is derived anew. */
async function wake(trx: Kysely<Schema>, draft: Draft, now: number): Promise<void> {
  await sql`
    update enrollments set
      next_due_at = case when chunk_id is null then ${iso(now)}::timestamptz else next_due_at end,
      stale = stale or chunk_id is not null
    where id = ${draft.enrollment_id}::uuid and step_id = ${draft.step_id}
      and state in ('active', 'paused') and next_due_at is not null
  `.execute(trx);
}

async function tell(
  trx: Kysely<Schema>,
  draft: Draft,
  type: string,
  data: { readonly [key: string]: unknown },
  now: number,
): Promise<void> {
  const known = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
  await trx
    .insertInto("history")
    .values({
      enrollment_id: draft.enrollment_id,
      at: iso(now),
      type,
      step_id: draft.step_id,
      data: JSON.stringify(known),
    })
    .execute();
}
