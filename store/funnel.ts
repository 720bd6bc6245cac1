import { sql, type Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** What became of one step's messages, of one version. */
interface FunnelRow {
  readonly version: number;
  readonly step: string;
  readonly sent: number;
  readonly delivered: number;
  readonly read: number;
  readonly replied: number;
  readonly failed: number;
  readonly skipped: number;
  /** Enrollments that reached the goal right after it. */
  readonly goal: number;
  /** What models read and wrote for it, and what that cost. */
  readonly tokens: number;
  readonly cost: number;
}

/** A sequence's funnel: each message counts at every stage that it got to. */
export async function readFunnel(db: Kysely<Schema>, sequence: string): Promise<FunnelRow[]> {
  const found = await sql<FunnelRow>`
    with sent as (
      select coalesce(m.version, e.version) as version, m.step_id,
        count(*) filter (where m.state in ('sent', 'delivered', 'read'))::integer as sent,
        count(*) filter (where m.state in ('delivered', 'read'))::integer as delivered,
        count(*) filter (where m.state = 'read')::integer as read,
        count(*) filter (where m.state = 'failed')::integer as failed,
        count(*) filter (where m.state = 'skipped')::integer as skipped
      from enrollments e join messages m on m.enrollment_id = e.id
      where e.sequence_id = ${sequence} group by 1, m.step_id
    ), replied as (
      select e.version, h.step_id, count(distinct e.id)::integer as replied
      from enrollments e join history h on h.enrollment_id = e.id and h.type = 'replied'
      where e.sequence_id = ${sequence} group by e.version, h.step_id
    ), reached as (
      select e.version, last.step_id, count(*)::integer as goal
      from enrollments e, lateral (
        select step_id from messages m
        where m.enrollment_id = e.id and m.state in ('sent', 'delivered', 'read')
        order by m.created_at desc limit 1
      ) last
      where e.sequence_id = ${sequence} and e.state = 'exited' and e.reason = 'goal'
      group by e.version, last.step_id
    ), written as (
      select e.version, d.step_id, sum(d.prompt_tokens + d.completion_tokens)::integer as tokens,
        sum(d.cost) as cost
      from enrollments e join drafts d on d.enrollment_id = e.id
      where e.sequence_id = ${sequence} group by e.version, d.step_id
    )
    select s.version, s.step_id as step, s.sent, s.delivered, s.read, s.failed, s.skipped,
      coalesce(r.replied, 0) as replied, coalesce(g.goal, 0) as goal,
      coalesce(w.tokens, 0) as tokens, coalesce(w.cost, 0) as cost
    from sent s
      left join replied r on r.version = s.version and r.step_id = s.step_id
      left join reached g on g.version = s.version and g.step_id = s.step_id
      left join written w on w.version = s.version and w.step_id = s.step_id
    order by s.version desc
  `.execute(db);
  return found.rows;
}
