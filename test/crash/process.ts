import { appendFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createController } from "../../controller/controller.ts";
import { createEngine } from "../../runtime/create-engine.ts";
import { dispatchDue } from "../../runtime/dispatch.ts";
import { executeChunk } from "../../runtime/execute/execute.ts";
import type { Execution } from "../../runtime/execute/run.ts";
import { createRateLimits } from "../../runtime/execute/rate-limits.ts";
import { startQueues } from "../../runtime/queues.ts";
import { sweep } from "../../runtime/sweep.ts";
import { createUnsubscribeLinks } from "../../runtime/unsubscribe.ts";
import { openPostgres, type Database } from "../../store/database.ts";
import { silent } from "../support/harness.ts";
import type { Answer, Order } from "./actor.ts";
import { ledgerLine } from "./ledger.ts";
import { rewritten } from "./planted.ts";
import { watchPoints } from "./points.ts";

/**
 * One actor in a process of its own: made of the production's parts, with the real clock, a provider that
 * writes a ledger, and points at which it may be killed. It does a round when its parent says so.
 */
const env = (name: string) => process.env[`CRASH_${name}`] ?? "";
const clock = { now: () => Date.now() };
const answer = (given: Answer) => void process.send?.(given);
const points = watchPoints(() => answer({ kind: "struck" }));

const roles = { worker, dispatcher, controller };
type Round = () => Promise<unknown>;
let round: Round = () => Promise.resolve();

process.on("disconnect", () => process.exit(0));
process.on("message", (order: Order) => void obey(order));
// Whoever is killed leaves nothing behind, and the next one would compile everything anew.
flushCompileCache();
answer({ kind: "waiting" });

async function obey(order: Order): Promise<void> {
  try {
    if (order.kind === "begin") {
      round = await roles[env("ROLE") as keyof typeof roles]();
    } else if (order.kind === "arm") {
      await points.arm(order.kill);
    } else if (order.kind === "plant") {
      const { name } = order;
      points.rewrite((sql) => (name === null ? sql : rewritten(sql, name)));
    } else if (order.kind === "round") {
      await round();
    }
    answer({ kind: "done", id: order.id, reached: points.reached, error: null });
  } catch (error) {
    answer({ kind: "done", id: order.id, reached: points.reached, error: String(error) });
  }
}

async function open(): Promise<{ database: Database; execution: Execution }> {
  const database = await openPostgres(env("DATABASE"));
  const { db } = database;
  const execution: Execution = {
    db,
    clock,
    engine: createEngine(createUnsubscribeLinks("https://example.com", "secret")),
    // The provider takes a message the moment its line is in the ledger, whatever becomes of the caller.
    channels: {
      send: (delivery) =>
        points.pass("call of the provider", async () => {
          appendFileSync(env("LEDGER"), ledgerLine(delivery, clock.now()));
          return { kind: "sent", providerId: delivery.id };
        }),
      close: () => Promise.resolve(),
    },
    limits: createRateLimits(db, clock),
    log: silent,
  };
  return { database, execution };
}

async function worker(): Promise<Round> {
  const { database, execution } = await open();
  const queues = await startQueues(database, silent);
  await queues.work((chunk, signal) => executeChunk(execution, chunk, () => signal.aborted), 2);
  return async () => queues.wake();
}

async function dispatcher(): Promise<Round> {
  const { database, execution } = await open();
  const queues = await startQueues(database, silent);
  return async () => {
    await dispatchDue(database.db, queues, clock);
    await sweep(execution);
  };
}

async function controller(): Promise<Round> {
  const { database } = await open();
  const source = {
    url: env("SOURCE"),
    branch: "main",
    path: "",
    token: null,
    sshKey: null,
    knownHosts: null,
  };
  const { reconcileNow } = await createController({
    db: database.db,
    source,
    dataDir: env("DATA"),
    clock,
  });
  return reconcileNow;
}
