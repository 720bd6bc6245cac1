import { sql, type Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Where a message's words come from. */
export interface Trace {
  /** The commit, and the place in it, that the step was written at. */
  readonly source: {
    readonly commit: string;
    readonly author: string;
    readonly file: string;
    readonly line: number;
  };
  /** Who wrote it instead of the file, where the step lets a model write; null: the file did. */
  readonly ai: {
    readonly compose: "ai_assisted" | "ai_full";
    readonly model: string | null;
    readonly prompt: readonly { readonly role: string; readonly content: string }[] | null;
    /** Why the static text stood in for the model's. */
    readonly problem: string | null;
    readonly tokens: number;
    readonly cost: number;
    /** Who let it go; null where nobody had to, or has yet. */
    readonly decided_by: string | null;
    readonly decided_at: Date | null;
    /** Whether they wrote it anew. */
    readonly edited: boolean;
  } | null;
}

/** The traces of an enrollment's messages, by their ids. */
export async function readTraces(
  db: Kysely<Schema>,
  enrollment: string,
): Promise<ReadonlyMap<string, Trace>> {
  // A draft belongs to one channel: what went by another, or by an approved template, is the file's.
  const found = await sql<Row & { readonly id: string }>`
    select m.id, v.commit_sha as commit, v.author, coalesce(at.source ->> 'file', v.path) as file,
      coalesce((at.source ->> 'line')::integer, 1) as line, d.compose, d.model, d.prompt, d.problem,
      d.prompt_tokens + d.completion_tokens as tokens, d.cost, d.decided_by, d.decided_at, d.edited
    from messages m
      join enrollments e on e.id = m.enrollment_id
      join sequence_versions v
        on v.sequence_id = e.sequence_id and v.version = coalesce(m.version, e.version)
      left join lateral (
        select step -> 'source' as source from jsonb_array_elements(v.document -> 'steps') as step
        where step ->> 'id' = m.step_id
      ) at on true
      left join drafts d on d.enrollment_id = m.enrollment_id and d.step_id = m.step_id
        and d.channel = m.channel and m.template is null
    where m.enrollment_id = ${enrollment}::uuid
  `.execute(db);
  return new Map(found.rows.map(({ id, ...row }) => [id, traceOf(row)]));
}

type Row = Trace["source"] & { readonly [key in keyof NonNullable<Trace["ai"]>]: unknown };

function traceOf({ commit, author, file, line, ...ai }: Row): Trace {
  const source = { commit, author, file, line };
  return { source, ai: ai.compose === null ? null : (ai as Trace["ai"]) };
}
