import type { Clock } from "../../core/clock.ts";
import type { Workspace } from "../../core/enrollment/index.ts";
import type { Db } from "../../store/database.ts";
import { loadChunk, type ClaimedEnrollment } from "../../store/chunk-load.ts";
import { finishWave, type Finish } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { haltScopes } from "../../store/intents.ts";
import { recoverRedelivered } from "../../store/recover.ts";
import { releaseChunk } from "../../store/release.ts";
import type { Channels } from "../channels/registry.ts";
import type { Engine } from "../engine.ts";
import type { Log } from "../log.ts";
import { rederiveStale } from "../stale.ts";
import { held } from "./corrupt.ts";
import { planOne, postponed, type Planned, type PlannedSend } from "./plan.ts";
import { scopesOf, sendInWaves } from "./waves.ts";
import type { RateLimits } from "./rate-limits.ts";

/** What the execution of chunks works with. */
export interface Execution {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly channels: Channels;
  readonly limits: RateLimits;
  readonly log: Log;
}

/** One execution of a chunk; a redelivered chunk is another run. */
export interface Run {
  readonly chunkId: string;
  readonly runId: string;
  /** The job expired, the server stops, or too little time is left for another wave. */
  mustStop(): boolean;
}

/**
 * Carries a chunk's enrollments one step further: loads them in one query, decides purely, sends in
 * waves per inbox, and gives back what it did not get to.
 * @param mustStop asked before each wave
 */
export async function executeChunk(
  execution: Execution,
  chunkId: string,
  mustStop: () => boolean,
): Promise<void> {
  const { db, clock, log } = execution;
  const run: Run = { chunkId, runId: newId(clock.now()), mustStop };
  const unknown = await recoverRedelivered(db, run, clock.now());
  if (unknown > 0) log.warn("sends_unknown", { chunk: chunkId, count: unknown });

  const rows = await loadChunk(db, chunkId);
  const sends = rows.length === 0 ? [] : await carry(execution, run, rows);
  const scopes = new Map(rows.map((row) => [row.id, haltScopes(row)]));
  for (const send of sends) scopes.set(send.row.id, scopesOf(send));
  await releaseChunk(db, run, scopes, clock.now());
}

/** @returns what was to be sent, whether it was or not */
async function carry(
  execution: Execution,
  run: Run,
  rows: readonly ClaimedEnrollment[],
): Promise<readonly PlannedSend[]> {
  const { db, clock, engine, limits } = execution;
  const workspace = await engine.workspace(db);
  const { sends, finishes } = await plan(execution, rows, workspace);
  const queues = [...Map.groupBy(sends, (send) => send.message.inbox)].map(([id, planned]) => {
    const inbox = workspace.inboxes.get(id)!;
    const { allowed, nextAt } = limits.take(inbox, planned.length);
    finishes.push(...planned.slice(allowed).map((send) => postponed(send, nextAt, clock.now())));
    return { inbox, planned: planned.slice(0, allowed) };
  });
  const moved = await finishWave(db, run, finishes, clock.now());
  const sent = queues.map(({ inbox, planned }) => sendInWaves(execution, run, inbox, planned));
  const finished = [...moved, ...(await Promise.all(sent)).flat()];
  if (finished.some((row) => row.stale)) await rederiveStale(execution);
  return sends;
}

async function plan(
  { db, clock, engine, log }: Execution,
  rows: readonly ClaimedEnrollment[],
  workspace: Workspace,
): Promise<{ sends: PlannedSend[]; finishes: Finish[] }> {
  const sends: PlannedSend[] = [];
  const finishes: Finish[] = [];
  for (const row of rows) {
    const planned = await planSafely(row);
    if (planned.kind === "send") sends.push(planned.send);
    else finishes.push(planned.finish);
  }
  return { sends, finishes };

  /** A row that cannot be decided is held by itself; the rest of its chunk goes on. */
  async function planSafely(row: ClaimedEnrollment): Promise<Planned> {
    try {
      const program = await engine.program(db, row.sequence_id, row.version);
      return planOne(row, program, workspace, clock.now());
    } catch (error) {
      log.error("undecidable", { enrollment: row.id, error: String(error) });
      return { kind: "move", finish: held(row, error) };
    }
  }
}
