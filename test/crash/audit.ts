import { UNKNOWN } from "../../store/finish.ts";
import { readLedger, type Taken } from "./ledger.ts";
import { SEQUENCES } from "./edition.ts";
import type { World } from "./world.ts";

/** What an audit counts, and what it finds wrong. */
export interface Audit {
  /** Steps that the provider took once. */
  once: number;
  /** Steps that were left unknown and settled, by a person or by sending again. */
  settled: number;
  /** Steps that the policy `resend` sent again though they had gone out: what the policy accepts. */
  resent: number;
  /** Steps taken more than once that nobody accepted. */
  duplicates: number;
  lost: number;
  readonly wrong: string[];
}

const STEPS = ["first", "second"];

export function emptyAudit(): Audit {
  return { once: 0, settled: 0, resent: 0, duplicates: 0, lost: 0, wrong: [] };
}

/** Before anybody settles anything: what is held is held because a send is open, and for nothing else. */
export async function auditHeld(world: World, ids: readonly string[]): Promise<string[]> {
  const rows = await world.db
    .selectFrom("enrollments")
    .select(["id", "state", "reason"])
    .where("id", "in", ids)
    .execute();
  return rows
    .filter(({ state, reason }) => state !== "completed" && reason !== UNKNOWN)
    .map(({ id, state, reason }) => `${id} is ${state}: ${reason}`);
}

/** Holds the provider's ledger against what the database says of each enrollment's steps. */
export async function auditSends(world: World, ids: readonly string[]): Promise<Audit> {
  const audit = emptyAudit();
  const ledger = Map.groupBy(readLedger(world.ledger), (one) => one.enrollment);
  for (const id of ids) {
    const taken = ledger.get(id) ?? [];
    const { state, sequence_id: sequence } = await world.db
      .selectFrom("enrollments")
      .select(["state", "sequence_id"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    if (state !== "completed") audit.wrong.push(`${id} is ${state} in the end`);
    const told = await world.db
      .selectFrom("history")
      .select("step_id")
      .where("enrollment_id", "=", id)
      .where("type", "=", "unknown")
      .execute();
    const unknown = new Set(told.map((row) => row.step_id));
    for (const step of STEPS) {
      const of = taken.filter((one) => one.step === step);
      auditStep(audit, `${id} ${step}`, of, unknown.has(step), sequence === "nudge");
    }
    const order = taken.map((one) => STEPS.indexOf(one.step));
    if (order.some((one, i) => one < (order[i - 1] ?? 0))) audit.wrong.push(`${id} out of order`);
    if (taken.some(({ due, at }) => at < due)) audit.wrong.push(`${id} early`);
  }
  const messages = await world.db
    .selectFrom("messages")
    .select(["id", "state"])
    .where("enrollment_id", "in", ids)
    .execute();
  const known = new Set(ids.flatMap((id) => ledger.get(id) ?? []).map((one) => one.message));
  for (const { id, state } of messages) {
    if (state === "sent" && !known.has(id)) audit.wrong.push(`${id} is sent but was never taken`);
    if (state === "sending" || state === "pending") audit.wrong.push(`${id} is left ${state}`);
  }
  return audit;
}

function auditStep(
  audit: Audit,
  name: string,
  taken: readonly Taken[],
  wasUnknown: boolean,
  isResent: boolean,
): void {
  if (wasUnknown) audit.settled += 1;
  const perMessage = Map.groupBy(taken, (one) => one.message);
  const isTwice = [...perMessage.values()].some((all) => all.length > 1);
  if (taken.length === 0) {
    audit.lost += 1;
    audit.wrong.push(`${name} was lost`);
  } else if (taken.length === 1) {
    audit.once += 1;
  } else if (wasUnknown && isResent && !isTwice) {
    audit.resent += 1;
  } else {
    audit.duplicates += 1;
    audit.wrong.push(`${name} was taken ${taken.length} times`);
  }
}

/** Every version of one commit, or none of it. */
export async function auditPublished(world: World): Promise<string[]> {
  const live = await world.db
    .selectFrom("sequences as s")
    .innerJoin("sequence_versions as v", (join) =>
      join.onRef("v.sequence_id", "=", "s.id").onRef("v.version", "=", "s.active_version"),
    )
    .select(["s.id", "v.version", "v.commit_sha"])
    .execute();
  const versions = await world.db
    .selectFrom("sequence_versions")
    .select(({ fn }) => ["commit_sha", fn.countAll<string>().as("count")])
    .groupBy("commit_sha")
    .execute();
  const state = await world.db
    .selectFrom("source_state")
    .select("last_applied_sha")
    .executeTakeFirst();
  const expected = Object.keys(SEQUENCES).length;
  const wrong = versions
    .filter(({ count }) => Number(count) !== expected)
    .map(({ commit_sha, count }) => `${commit_sha} has published ${count} of ${expected}`);
  const applied = await world.db
    .selectFrom("reconciliations")
    .select("commit_sha")
    .where("outcome", "=", "applied")
    .execute();
  const told = new Set(applied.map((one) => one.commit_sha));
  const halves = versions.filter(({ commit_sha }) => !told.has(commit_sha));
  wrong.push(...halves.map((one) => `${one.commit_sha} is published and not told of`));
  const commits = new Set(live.map((one) => one.commit_sha));
  if (live.length !== expected || commits.size !== 1) wrong.push("the active versions are of two");
  if (!commits.has(state?.last_applied_sha ?? "")) wrong.push("what is active is not what is told");
  return wrong;
}

/** The commit is published, once. */
export async function auditApplied(world: World, sha: string): Promise<string[]> {
  const wrong = await auditPublished(world);
  const applied = await world.db
    .selectFrom("reconciliations")
    .select("id")
    .where("commit_sha", "=", sha)
    .where("outcome", "=", "applied")
    .execute();
  const live = await world.db.selectFrom("source_state").select("last_applied_sha").execute();
  if (applied.length !== 1) wrong.push(`${sha} was applied ${applied.length} times`);
  if (live[0]?.last_applied_sha !== sha) wrong.push(`${sha} is not live`);
  return wrong;
}
