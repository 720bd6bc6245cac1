import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  createController,
  delayAfter,
  type Controller,
  type ControllerOptions,
} from "../../controller/controller.ts";
import type { Outcome } from "../../controller/outcome.ts";
import type { Db } from "../../store/database.ts";
import { answerRequest, readProgress, recordProgress } from "../../store/reconciliations.ts";
import { askForReconciliation, setSuspended } from "../../store/source-requests.ts";
import { serveRepository } from "../support/git-remote.ts";
import {
  liveIn,
  looseObjectsIn,
  manyObjects,
  sequence,
  useScenario,
  workspaceWith,
  type Scenario,
} from "./scenario.ts";

let scenario: Scenario;
let db: Db;
let controller: Controller;
let outcomes: Outcome[];
useScenario((given) => {
  scenario = given;
  ({ db } = given);
  outcomes = [];
});
// Hooks run backwards: it has stopped before its repository is removed.
afterEach(() => controller?.stop());

const HOUR = 3_600_000;
async function create(given: Partial<ControllerOptions> = {}): Promise<Controller> {
  const { clock, dataDir, settings } = scenario;
  const onOutcome = (outcome: Outcome) => void outcomes.push(outcome);
  const options = { db, clock, dataDir, source: settings(), pollMs: HOUR, onOutcome };
  controller = await createController({ ...options, ...given });
  return controller;
}
const until = (holds: () => unknown) => vi.waitFor(holds, { timeout: 10_000, interval: 20 });

describe("following the source", () => {
  test("publishes at the start, and again when it polls", async () => {
    await scenario.repository.commit(workspaceWith(["a"]));
    (await create({ pollMs: 1 })).start();
    await until(async () => expect(await liveIn(db)).toEqual({ a: "active@1" }));
    await scenario.repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
    await until(async () => expect(await liveIn(db)).toEqual({ a: "active@2" }));
    expect(outcomes).toContainEqual(expect.objectContaining({ outcome: "applied" }));
  });

  test("answers a request between two polls, whoever made it", async () => {
    await scenario.repository.commit(workspaceWith(["a"]));
    (await create()).start();
    await until(() => expect(outcomes).toHaveLength(1));
    await scenario.repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
    scenario.clock.advance({ minutes: 1 });
    await askForReconciliation(db, null, scenario.clock.now());
    controller.kick();
    await until(async () => expect((await readProgress(db)).requestedAt).toBeNull());
    expect(await liveIn(db)).toEqual({ a: "active@2" });
  });

  test("a source that was suspended publishes once it is resumed and asked", async () => {
    await scenario.repository.commit(workspaceWith(["a"]));
    await setSuspended(db, true);
    (await create()).start();
    await until(() => expect(outcomes).toMatchObject([{ reason: "Suspended" }]));
    await setSuspended(db, false);
    await askForReconciliation(db, null, scenario.clock.now());
    controller.kick();
    await until(async () => expect(await liveIn(db)).toEqual({ a: "active@1" }));
  });

  test("runs never overlap", async () => {
    await scenario.repository.commit(workspaceWith(["a"]));
    const { reconcileNow } = await create();
    const ended = await Promise.all([reconcileNow(), reconcileNow(), reconcileNow()]);
    expect(ended.map(({ reason }) => reason)).toEqual(["Applied", "UpToDate", "UpToDate"]);
  });

  test("an unexpected error is told, and does not end it or spin", async () => {
    await scenario.repository.commit(workspaceWith(["a"]));
    const errors: unknown[] = [];
    let broken = true;
    const failing = new Proxy(db, {
      get(target, key) {
        if (broken && key === "transaction") throw new Error("a bug");
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await askForReconciliation(db, null, scenario.clock.now());
    (await create({ db: failing, onError: (error) => errors.push(error) })).start();
    await until(() => expect(errors).toHaveLength(1));
    for (let looks = 0; looks < 5; looks += 1) controller.kick();
    await controller.reconcileNow().catch(() => undefined);
    expect(errors).toHaveLength(1);
    broken = false;
    expect(await controller.reconcileNow()).toMatchObject({ outcome: "applied" });
  });

  test("tells an outcome once, however often it looks", async () => {
    await scenario.repository.commit({ "cadences/x.yaml": "kind: Nonsense\n" });
    (await create()).start();
    await until(() => expect(outcomes).toMatchObject([{ reason: "InvalidCommit" }]));
    for (let asked = 1; asked <= 3; asked += 1) {
      scenario.clock.advance({ minutes: 1 });
      await askForReconciliation(db, null, scenario.clock.now());
      controller.kick();
      await until(async () => expect((await readProgress(db)).requestedAt).toBeNull());
    }
    expect(outcomes).toHaveLength(1);
    await scenario.repository.commit({ "cadences/x.yaml": null, ...workspaceWith(["a"]) });
    scenario.clock.advance({ minutes: 1 });
    await askForReconciliation(db, null, scenario.clock.now());
    controller.kick();
    await until(() => expect(outcomes).toHaveLength(2));
    expect(outcomes[1]).toMatchObject({ outcome: "applied" });
  });

  test("looks again at once where another controller was faster", async () => {
    await scenario.repository.commit(workspaceWith(["a"]));
    let isFirst = true;
    const raced = new Proxy(db, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function") return value;
        if (key !== "transaction" || !isFirst) return value.bind(target);
        isFirst = false;
        return () => ({
          async execute(work: Parameters<ReturnType<Db["transaction"]>["execute"]>[0]) {
            const seen = await readProgress(target);
            await recordProgress(target, seen, { attempted: "e".repeat(40) }, scenario.clock.now());
            return target.transaction().execute(work);
          },
        });
      },
    });
    (await create({ db: raced })).start();
    await until(() =>
      expect(outcomes.map(({ reason }) => reason)).toEqual(["Overtaken", "HistoryRewritten"]),
    );
  });

  test("packs its mirror once it has grown, and goes on as before", async () => {
    const { repository, dataDir } = scenario;
    await repository.commit(workspaceWith(["a"], manyObjects()));
    (await create({ pollMs: 1 })).start();
    await until(async () => expect(await liveIn(db)).toEqual({ a: "active@1" }));
    await until(async () => expect(await looseObjectsIn(dataDir)).toBe(0));
    await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
    await until(async () => expect(await liveIn(db)).toEqual({ a: "active@2" }));
  });

  test("stops at once, even while a host hangs", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    const connected = once(server, "connection");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/x.git`;
    const errors: unknown[] = [];
    const source = scenario.settings({ url, branch: null });
    (await create({ source, onError: (error) => errors.push(error) })).start();
    await connected;
    const before = performance.now();
    await controller.stop();
    expect(performance.now() - before).toBeLessThan(10_000);
    expect(errors).toEqual([]);
    const rows = await db.selectFrom("reconciliations").selectAll().execute();
    expect(rows).toEqual([]);
    server.close();
  });

  test("says where it reads from, without the credentials", async () => {
    const remote = await serveRepository(scenario.repository);
    await create({ source: scenario.settings({ url: remote.url }) });
    expect(controller.url).toBe(remote.bareUrl);
    await remote.close();
  });
});

describe("requests", () => {
  const at = (minutes: number) => Date.parse("2026-03-02T09:00:00Z") + minutes * 60_000;

  test("an answer leaves a request that came meanwhile open, with its acknowledgement", async () => {
    await askForReconciliation(db, null, at(0));
    await askForReconciliation(db, "a".repeat(40), at(1));
    await answerRequest(db, at(0));
    expect(await readProgress(db)).toMatchObject({
      requestedAt: at(1),
      acknowledged: "a".repeat(40),
    });
    await answerRequest(db, at(1));
    expect(await readProgress(db)).toMatchObject({ requestedAt: null, acknowledged: null });
  });
});

test.each([
  [0, 30_000],
  [1, 60_000],
  [2, 120_000],
  [3, 240_000],
  [4, 300_000],
  [1000, 300_000],
])("after %i failed fetches in a row the next is %i ms away", (failures, expected) => {
  expect(delayAfter(failures, 30_000)).toBe(expected);
});

test("a poll that is rarer than the longest delay stays as it is", () => {
  expect(delayAfter(3, HOUR)).toBe(HOUR);
});
