import { sql, type Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** How the engine stands, in figures that a monitor looks at. */
export interface Measures {
  /** Live enrollments by state. */
  readonly live: { readonly active: number; readonly paused: number; readonly held: number };
  /** Due now and in nobody's hands yet. */
  readonly due: number;
  /** When the one that is due longest was due, epoch ms; null where nothing is due. */
  readonly oldestDue: number | null;
  /** Enrollments that a worker has in hand, and the chunks they are in. */
  readonly claimed: number;
  readonly chunks: number;
  /** Messages of which nobody knows whether they went out. */
  readonly unknown: number;
}

interface Row {
  readonly active: string;
  readonly paused: string;
  readonly held: string;
  readonly due: string;
  readonly oldest_due: Date | null;
  readonly claimed: string;
  readonly chunks: string;
  readonly unknown: string;
}

/**
 * Counts in one statement. It reads every live enrollment, so whoever asks often keeps the answer a while.
 * @param now epoch ms
 */
export async function measure(db: Kysely<Schema>, now: number): Promise<Measures> {
  const at = new Date(now).toISOString();
  const { rows } = await sql<Row>`
    select live.*, due.*, hands.*, unknown.* from (
      select count(*) filter (where state = 'active') as active,
        count(*) filter (where state = 'paused') as paused,
        count(*) filter (where state = 'held') as held
      from enrollments where state in ('active', 'paused', 'held')
    ) live, (
      select count(*) as due, min(at) as oldest_due from due where at <= ${at}::timestamptz
    ) due, (
      select coalesce(sum(size), 0) as claimed, count(*) as chunks from chunks
    ) hands, (
      select count(*) as unknown from messages where unknown_at is not null
    ) unknown
  `.execute(db);
  const [row] = rows;
  return {
    live: { active: Number(row!.active), paused: Number(row!.paused), held: Number(row!.held) },
    due: Number(row!.due),
    oldestDue: row!.oldest_due?.getTime() ?? null,
    claimed: Number(row!.claimed),
    chunks: Number(row!.chunks),
    unknown: Number(row!.unknown),
  };
}
