import type { SendResult } from "../../core/enrollment/index.ts";
import type { Inbox, Policy } from "../../core/language/policy.ts";
import type { Delivery } from "../../runtime/channels/channel.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { dispatchDue } from "../../runtime/dispatch.ts";
import { executeChunk } from "../../runtime/execute/execute.ts";
import type { Execution } from "../../runtime/execute/run.ts";
import { createRateLimits } from "../../runtime/execute/rate-limits.ts";
import type { Log } from "../../runtime/log.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import type { Db } from "../../store/database.ts";
import { iso } from "../../store/placement.ts";
import { testClock, type TestClock } from "./clock.ts";

export const silent: Log = { info() {}, warn() {}, error() {} };

/** What a provider is to answer; a function may look at the message, or do something meanwhile. */
type Answer = SendResult | ((delivery: Delivery) => Promise<SendResult> | SendResult);

/** The engine on a database, with a clock and a provider that a test holds in its hands. */
export interface Harness {
  readonly db: Db;
  readonly clock: TestClock;
  readonly sent: Delivery[];
  readonly execution: Execution;
  /** What the provider answers from now on; default: sent. */
  answer: Answer;
  /** Claims what is due, without executing it. @returns the chunks' ids */
  claim(): Promise<string[]>;
  execute(chunkId: string, mustStop?: () => boolean): Promise<void>;
  /** Claims and executes until nothing is due. */
  drain(): Promise<void>;
}

export function createHarness(db: Db, start: number | string): Harness {
  const clock = testClock(start);
  const sent: Delivery[] = [];
  const channels = {
    async send(delivery: Delivery): Promise<SendResult> {
      const { answer } = harness;
      const result = typeof answer === "function" ? await answer(delivery) : answer;
      if (result.kind === "sent") sent.push(delivery);
      return result;
    },
    close: () => Promise.resolve(),
  };
  const execution = {
    db,
    clock,
    engine: createEngine(createUnsubscribeLinks("https://example.com", "secret")),
    channels,
    limits: createRateLimits(db, clock),
    links: createUnsubscribeLinks("https://example.com", "secret"),
    log: silent,
  };
  const harness: Harness = {
    db,
    clock,
    sent,
    execution,
    answer: { kind: "sent", providerId: "p1" },
    async claim() {
      const ids: string[] = [];
      const sendChunk = async (_: unknown, id: string) => void ids.push(id);
      await dispatchDue(db, { sendChunk, wake() {} }, clock);
      return ids;
    },
    execute: (chunkId, mustStop = () => false) => executeChunk(execution, chunkId, mustStop),
    async drain() {
      for (let ids = await harness.claim(); ids.length > 0; ids = await harness.claim()) {
        for (const id of ids) await harness.execute(id);
      }
    },
  };
  return harness;
}

/** Puts a workspace into the tables as a reconciliation would. */
export async function publishWorkspace(
  db: Db,
  policy: Policy,
  inboxes: readonly Inbox[],
  now: number,
): Promise<void> {
  const row = { policy: JSON.stringify(policy), commit_sha: "0".repeat(40), changed_at: iso(now) };
  await db
    .insertInto("workspace_policy")
    .values({ ...row, revision: 1, rederived_revision: 1 })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet((eb) => ({ ...row, revision: eb("workspace_policy.revision", "+", "1") })),
    )
    .execute();
  for (const inbox of inboxes) {
    const values = { id: inbox.id, inbox: JSON.stringify(inbox), removed_at: null };
    await db
      .insertInto("inboxes")
      .values(values)
      .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
      .execute();
  }
}
