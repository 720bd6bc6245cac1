import { sql, type Kysely } from "kysely";
import type { Channel, TargetType } from "../core/language/document.ts";
import { storedHtml } from "./message-html.ts";
import { reasonOf } from "./message-reason.ts";
import type { EnrollmentState, MessageState, Schema, SentTemplate } from "./schema.ts";
import { readTraces, type Trace } from "./traces.ts";

export interface EnrollmentSummary {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly target: { readonly type: TargetType; readonly id: string };
  readonly contact_id: string;
  readonly agent_id: string | null;
  readonly state: EnrollmentState;
  readonly reason: string | null;
  readonly next_step: string | null;
  readonly next_due_at: Date | null;
  readonly expires_at: Date | null;
  /** The halt that keeps it back. */
  readonly halted_by: string | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly updated_at: Date;
}

export interface HistoryEntry {
  readonly at: Date;
  readonly type: string;
  readonly step: string | null;
  readonly data: { readonly [key: string]: unknown };
}

export interface MessageDetail {
  readonly id: string;
  readonly step: string;
  /** The version that it was written by. */
  readonly version: number;
  readonly attempt: number;
  readonly state: MessageState;
  readonly channel: Channel | null;
  readonly inbox: string | null;
  readonly address: string | null;
  readonly conversation_id: string | null;
  readonly reason: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly template: SentTemplate | null;
  readonly provider_id: string | null;
  readonly error_code: string | null;
  readonly error: string | null;
  readonly due_at: Date;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
}

export interface EnrollmentDetail extends EnrollmentSummary {
  readonly history: readonly HistoryEntry[];
  readonly messages: readonly (MessageDetail & Partial<Trace>)[];
}

export interface EnrollmentFilter {
  readonly sequence?: string;
  readonly version?: number;
  readonly state?: EnrollmentState;
  readonly contact?: string;
  readonly target?: { readonly type: TargetType; readonly id: string };
}

/** Enrollments, newest first, strictly after the id `page.after`. */
export async function listEnrollments(
  db: Kysely<Schema>,
  filter: EnrollmentFilter,
  page: { readonly after: string | null; readonly limit: number },
): Promise<EnrollmentSummary[]> {
  let query = enrollments(db).orderBy("id", "desc").limit(page.limit);
  if (filter.sequence !== undefined) query = query.where("sequence_id", "=", filter.sequence);
  if (filter.version !== undefined) query = query.where("version", "=", filter.version);
  if (filter.state !== undefined) query = query.where("state", "=", filter.state);
  if (filter.contact !== undefined) query = query.where("contact_id", "=", filter.contact);
  if (filter.target !== undefined) {
    query = query
      .where("target_type", "=", filter.target.type)
      .where("target_id", "=", filter.target.id);
  }
  if (page.after !== null) query = query.where("id", "<", page.after);
  return (await query.execute()).map(summary);
}

/** One enrollment with all that happened to it and every message; null when there is none. */
export async function readEnrollment(
  db: Kysely<Schema>,
  id: string,
): Promise<EnrollmentDetail | null> {
  const row = await enrollments(db).where("id", "=", id).executeTakeFirst();
  if (row === undefined) return null;
  const history = await db
    .selectFrom("history_lines")
    .select(["at", "type", "step_id as step", "data"])
    .where("enrollment_id", "=", id)
    .orderBy("history_lines.id")
    .execute();
  const messages = await db
    .selectFrom("messages")
    .select([
      "id",
      "step_id as step",
      sql<number>`coalesce(messages.version, ${row.version})`.as("version"),
      "attempt",
      "state",
      "channel",
      "inbox_id as inbox",
      "address",
      "conversation_id",
      reasonOf("messages").as("reason"),
      "subject",
      "body as text",
      "html",
      "simple_html",
      "template",
      "provider_id",
      "error_code",
      "error",
      "due_at",
      "created_at",
      "sent_at",
      "delivered_at",
      "read_at",
    ])
    .where("enrollment_id", "=", id)
    .orderBy("created_at")
    .orderBy("messages.id")
    .execute();
  const traces = await readTraces(db, id);
  const traced = messages.map(({ simple_html, ...message }) => {
    const html = storedHtml({ ...message, simple_html, body: message.text });
    return { ...message, html, ...traces.get(message.id) };
  });
  return { ...summary(row), history, messages: traced };
}

function enrollments(db: Kysely<Schema>) {
  return db
    .selectFrom("enrollments")
    .select([
      "id",
      "sequence_id",
      "version",
      "target_type",
      "target_id",
      "contact_id",
      "agent_id",
      "state",
      "reason",
      "step_id as next_step",
      "next_due_at",
      "expires_at",
      "parked_by as halted_by",
      "started_at",
      "ended_at",
      "updated_at",
    ]);
}

type Row = Omit<EnrollmentSummary, "sequence" | "target"> & {
  readonly sequence_id: string;
  readonly target_type: TargetType;
  readonly target_id: string;
};

function summary({ sequence_id, target_type, target_id, ...row }: Row): EnrollmentSummary {
  return {
    ...row,
    // The row keeps the step that it ended at; no step is next.
    next_step: row.ended_at === null ? row.next_step : null,
    sequence: sequence_id,
    target: { type: target_type, id: target_id },
  };
}
