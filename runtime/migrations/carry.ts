import type { Kysely } from "kysely";
import type { Clock } from "../../core/clock.ts";
import { mapStep, migrateTo, type Program, type Situation } from "../../core/enrollment/index.ts";
import type { Db } from "../../store/database.ts";
import { moveEnrollments, type Move } from "../../store/enrollments-move.ts";
import { lockWaiting, type WaitingEnrollment } from "../../store/enrollments-waiting.ts";
import type { Schema } from "../../store/schema.ts";
import {
  lockRunning,
  pageOfVersion,
  readWritten,
  recordProgress,
  type VersionMigration,
  type Written,
} from "../../store/version-migrations.ts";
import type { Engine } from "../engine.ts";
import { loadFacts } from "../load-facts.ts";
import { heldOf } from "../rederive.ts";
import { transact } from "../transact.ts";

const PAGE = 500;

/** Why an enrollment stays on its version. */
type Left = "unmapped_step" | "step_repeats" | "unknown_send";

/**
 * Carries live enrollments on to the version that a migration names, page by page, so that no
 * transaction is long and a crash loses nothing. What a chunk has in hand is left for the next round: its
 * send was decided by the old version. Safe in several processes at once.
 * @param mustStop asked between pages
 * @returns whether a migration is still under way
 */
export async function carryMigrations(
  given: { readonly db: Db; readonly clock: Clock; readonly engine: Engine },
  mustStop: () => boolean = () => false,
): Promise<boolean> {
  const { db, clock, engine } = given;
  for (;;) {
    if (mustStop()) return true;
    const page = await transact(db, (trx) => carryPage(trx, engine, clock.now()));
    if (page !== "more") return page === "in hand";
  }
}

async function carryPage(
  trx: Kysely<Schema>,
  engine: Engine,
  now: number,
): Promise<"none" | "more" | "in hand"> {
  const migration = await lockRunning(trx);
  if (migration === null) return "none";
  const ids = await pageOfVersion(trx, migration, PAGE);
  const { moved, left, inHand } = await carry(trx, engine, migration, ids, now);
  const counts: { [reason: string]: number } = { ...migration.left_behind };
  for (const [reason, count] of Object.entries(left))
    counts[reason] = (counts[reason] ?? 0) + count;
  if (inHand > 0) counts["in_hand"] = (counts["in_hand"] ?? 0) + inHand;
  const total = migration.moved + moved;
  if (ids.length === PAGE) {
    const cursor = ids.at(-1) ?? null;
    await recordProgress(
      trx,
      migration.id,
      { cursor, moved: total, left: counts, done: false },
      now,
    );
    return "more";
  }
  // The end of a round: what chunks had in hand is looked at in another.
  const again = (counts["in_hand"] ?? 0) > 0;
  const progress = { cursor: null, moved: total, left: again ? {} : counts, done: !again };
  await recordProgress(trx, migration.id, progress, now);
  return again ? "in hand" : "more";
}

async function carry(
  trx: Kysely<Schema>,
  engine: Engine,
  migration: VersionMigration,
  ids: readonly string[],
  now: number,
) {
  const {
    sequence_id: sequence,
    from_version: from,
    to_version: to,
    map,
    created_by: by,
  } = migration;
  const found = (await lockWaiting(trx, { ids })).filter((one) => one.version === from);
  const waiting = found.filter((one) => one.chunk_id === null);
  const left: { [reason in Left]?: number } = {};
  const workspace = await engine.workspace(trx);
  const facts = await loadFacts(trx, waiting, workspace.policy);
  const written = await readWritten(
    trx,
    waiting.map((one) => one.id),
  );
  const programs = {
    from: await engine.program(trx, sequence, from),
    to: await engine.program(trx, sequence, to),
  };
  const moves: Move[] = [];
  for (const one of waiting) {
    const step = stepFor(programs, map, one, written.get(one.id));
    if (step.left !== undefined) {
      left[step.left] = (left[step.left] ?? 0) + 1;
      continue;
    }
    const situation = { workspace, facts: facts.get(one.id)! };
    const data = { from, to, to_step: step.to, migration: migration.id, by };
    const schedule = scheduleOf(programs.to, step.to, one, situation, now);
    moves.push({ id: one.id, fromStep: one.step_id, version: to, schedule, data });
  }
  const moved = await moveEnrollments(trx, moves, "migrated", now);
  return { moved: moved.size, left, inHand: found.length - waiting.length };
}

function scheduleOf(
  program: Program,
  step: string,
  one: WaitingEnrollment,
  situation: Pick<Situation, "workspace" | "facts">,
  now: number,
) {
  const { next_due_at: due, expires_at: expires } = one;
  const isWaiting = one.state !== "held" && due !== null && expires !== null;
  const times = isWaiting ? { due: due.getTime(), expires: expires.getTime() } : {};
  return migrateTo(program, step, { ...heldOf(one), ...times }, situation, now);
}

/** The step that an enrollment goes on at, or why it stays. */
function stepFor(
  { from, to }: { readonly from: Program; readonly to: Program },
  map: { readonly [step: string]: string },
  one: WaitingEnrollment,
  written: Written | undefined,
): { readonly to: string; readonly left?: undefined } | { readonly left: Left } {
  if (written?.unknown === true) return { left: "unknown_send" };
  const mapped = mapStep(from, to, map, one.step_id);
  if (mapped.kind === "unmapped") return { left: "unmapped_step" };
  if (mapped.kind === "repeats") return { left: "step_repeats" };
  // By an earlier migration it may have had, under the same name, a step that comes later here.
  const place = to.indexOf(mapped.step);
  const ahead = to.steps.slice(place).map(({ step }) => step.id);
  const had = new Set(written?.steps ?? []);
  if (mapped.step === one.step_id) had.delete(one.step_id);
  return ahead.some((step) => had.has(step)) ? { left: "step_repeats" } : { to: mapped.step };
}
