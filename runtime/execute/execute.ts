import type { Program, Workspace } from "../../core/enrollment/index.ts";
import { beginRun, endChunk } from "../../store/claim.ts";
import { loadChunk, type ClaimedEnrollment } from "../../store/chunk-load.ts";
import type { Db } from "../../store/database.ts";
import { NOBODY_MOVED, type Finish, type Moved } from "../../store/finish.ts";
import { haltScopes } from "../../store/intents.ts";
import { recoverRedelivered } from "../../store/recover.ts";
import { releaseChunk, type Released } from "../../store/release.ts";
import { UnusableVersion, versionKey } from "../engine.ts";
import { rederiveStale } from "../stale.ts";
import { held } from "./corrupt.ts";
import { planOne, type Planned, type PlannedSend } from "./plan.ts";
import type { Execution, Run } from "./run.ts";
import { finishSurely, throughOutages, together } from "./settled.ts";
import { scopesOf, sendInWaves } from "./waves.ts";

/**
 * Carries a chunk's enrollments one step further: loads them at once, decides purely, sends in
 * waves per inbox, and gives back what it did not get to.
 * @param mustStop asked before each wave
 */
export async function executeChunk(
  execution: Execution,
  chunkId: string,
  mustStop: () => boolean,
): Promise<void> {
  const { db, clock, log } = execution;
  const begun = await beginRun(db, chunkId);
  if (begun === null) return;
  const run: Run = { chunkId, number: begun.runs, mustStop };
  // The run before may still be recording results: it locks messages first, and this one enrollments.
  const unknown =
    begun.runs === 1 ? 0 : await throughOutages(() => recoverRedelivered(db, run, clock.now()));
  if (unknown > 0) log.warn("sends_unknown", { chunk: chunkId, count: unknown });

  const rows = await loadChunk(db, chunkId);
  const { sends, moved, refused } = rows.length === 0 ? NOTHING : await carry(execution, run, rows);
  const hasEnded = new Set(moved.ids).size === begun.size;
  const { bounced, stale } = hasEnded
    ? await ended(db, chunkId)
    : await release(execution, run, rows, sends, refused);
  if (bounced > 0) log.warn("sends_refused", { chunk: chunkId, count: bounced });
  if (stale > 0 || moved.areStale) await rederiveStale(execution);
}

/** As good as released: nothing is left in its hand. */
async function ended(db: Db, chunkId: string): Promise<Released> {
  await endChunk(db, chunkId);
  return { bounced: 0, stale: 0 };
}

function release(
  { db, clock }: Execution,
  run: Run,
  rows: readonly ClaimedEnrollment[],
  sends: readonly PlannedSend[],
  refused: ReadonlySet<string>,
): Promise<Released> {
  const scopes = new Map(sends.map((send) => [send.row.id, scopesOf(send)]));
  const leftovers = rows.map((row) => ({
    id: row.id,
    scopes: scopes.get(row.id) ?? haltScopes(row),
    refused: refused.has(row.id),
  }));
  return releaseChunk(db, run, leftovers, clock.now());
}

/** What was to be sent, whether it was or not; what moved on, and what the fence refused. */
interface Carried {
  readonly sends: readonly PlannedSend[];
  readonly moved: Moved;
  readonly refused: ReadonlySet<string>;
}

const NOTHING: Carried = { sends: [], moved: NOBODY_MOVED, refused: new Set() };

async function carry(
  execution: Execution,
  run: Run,
  rows: readonly ClaimedEnrollment[],
): Promise<Carried> {
  const { db, engine } = execution;
  const workspace = await engine.workspace(db);
  const { sends, finishes } = await plan(execution, rows, workspace);
  const moved = await finishSurely(execution, run, finishes);
  const sending = [...Map.groupBy(sends, (send) => send.message.inbox)].map(([id, planned]) =>
    sendInWaves(execution, run, workspace.inboxes.get(id)!, planned),
  );
  // All inboxes come to their end before one that failed fails the chunk: the job's next run must not
  // find sends of this one under way.
  const ended = await Promise.allSettled(sending);
  const sent = ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
  return {
    sends,
    moved: together([moved, ...sent.map((one) => one.moved)]),
    refused: new Set(sent.flatMap((one) => one.refused)),
  };
}

async function plan(
  execution: Execution,
  rows: readonly ClaimedEnrollment[],
  workspace: Workspace,
): Promise<{ sends: PlannedSend[]; finishes: Finish[] }> {
  const { clock, log } = execution;
  const programs = await programsOf(execution, rows);
  const sends: PlannedSend[] = [];
  const finishes: Finish[] = [];
  for (const row of rows) {
    const planned = planSafely(row);
    if (planned.kind === "send") sends.push(planned.send);
    else finishes.push(planned.finish);
  }
  return { sends, finishes };

  /** A row that cannot be decided is held by itself; the rest of its chunk goes on. */
  function planSafely(row: ClaimedEnrollment): Planned {
    const program = programs.get(versionKey(row.sequence_id, row.version))!;
    try {
      if (program instanceof UnusableVersion) throw program;
      return planOne(row, program, workspace, clock.now());
    } catch (error) {
      log.error("undecidable", { enrollment: row.id, error: String(error) });
      return { kind: "move", finish: held(row, error) };
    }
  }
}

async function programsOf(
  { db, engine }: Execution,
  rows: readonly ClaimedEnrollment[],
): Promise<ReadonlyMap<string, Program | UnusableVersion>> {
  const programs = new Map<string, Program | UnusableVersion>();
  for (const row of rows) {
    const key = versionKey(row.sequence_id, row.version);
    if (programs.has(key)) continue;
    const program = engine.program(db, row.sequence_id, row.version);
    programs.set(key, await program.catch(unusable));
  }
  return programs;
}

/** A database that is away says nothing of a row: the chunk fails, and its next run reads again. */
function unusable(error: unknown): UnusableVersion {
  if (error instanceof UnusableVersion) return error;
  throw error;
}
