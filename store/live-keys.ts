import { sql, type Kysely, type RawBuilder } from "kysely";
import { instantText } from "./json.ts";
import type { EnrollmentState, Schema } from "./schema.ts";

/** An enrollment that is under way, as far as whoever enrolls once more is told of it. */
export interface UnderWay {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly state: EnrollmentState;
  readonly next_step: string | null;
  /** ISO text. */
  readonly next_due_at: string | null;
}

/** What a live key has seen: the enrollment that is under way, and whether one has ended. */
export interface KeyState {
  readonly live: UnderWay | null;
  readonly ended: boolean;
}

/** A row of {@link keyStates}. */
export interface KeyStateRow extends KeyState {
  readonly sequence_id: string;
  readonly live_key: string;
}

/** The map key of a sequence's live key. A sequence's id holds no space. */
export function liveKeyId(sequence: string, liveKey: string): string {
  return `${sequence} ${liveKey}`;
}

/** Looks live keys up, all at once. @returns by `liveKeyId`; keys never seen are missing */
export async function readLiveKeys(
  db: Kysely<Schema>,
  keys: readonly { readonly sequence: string; readonly liveKey: string }[],
): Promise<ReadonlyMap<string, KeyState>> {
  if (keys.length === 0) return new Map();
  const sequences = keys.map(({ sequence }) => sequence);
  const liveKeys = keys.map(({ liveKey }) => liveKey);
  const given = sql`unnest(${sequences}::text[], ${liveKeys}::text[]) as k(sequence_id, live_key)`;
  const found = await sql<KeyStateRow>`${keyStates(given)}`.execute(db);
  return keyed(found.rows);
}

/** The states of keys by `liveKeyId`. */
export function keyed(rows: readonly KeyStateRow[]): ReadonlyMap<string, KeyState> {
  return new Map(rows.map((row) => [liveKeyId(row.sequence_id, row.live_key), row]));
}

/**
 * A query of the states of the keys that were seen. The laterals keep it at one index look-up a key each, whatever
 * the planner believes of a table that has just been filled.
 * @param keys what goes after `from`, named `k`: a `sequence_id` and a `live_key` a row
 */
export function keyStates(keys: RawBuilder<unknown>): RawBuilder<KeyStateRow> {
  return sql`
    select k.sequence_id, k.live_key, l.live, e.id is not null as ended
    from ${keys}
    left join lateral (
      select json_build_object('id', x.id, 'sequence', x.sequence_id, 'version', x.version,
        'state', x.state, 'next_step', x.step_id, 'next_due_at', ${instantText("x.next_due_at")}) as live
      from enrollments x
      where x.sequence_id = k.sequence_id and x.live_key = k.live_key
        and x.state in ('active', 'paused', 'held')
      limit 1
    ) l on true
    left join lateral (
      select x.id from enrollments x
      where x.sequence_id = k.sequence_id and x.live_key = k.live_key
        and x.state in ('completed', 'exited', 'failed')
      limit 1
    ) e on true
    where l.live is not null or e.id is not null`;
}
