import { describe, expect, test } from "vitest";
import { reconcile, type Reconciler } from "../../controller/reconcile.ts";
import { openPostgres, type Database, type Db } from "../../store/database.ts";
import { createDatabase } from "../support/postgres.ts";
import {
  conditionsIn,
  liveIn,
  recordedIn,
  sequence,
  useScenario,
  workspaceWith,
  type Scenario,
} from "./scenario.ts";

let scenario: Scenario;
let db: Db;
useScenario((given) => {
  scenario = given;
  ({ db } = given);
}, openOwnPostgres);

async function openOwnPostgres(): Promise<Database> {
  const postgres = await createDatabase();
  const database = await openPostgres(postgres.url);
  const close = () => database.close().then(postgres.drop);
  return { ...database, close };
}

const sourceState = () => db.selectFrom("source_state").selectAll().executeTakeFirstOrThrow();

test("of two controllers that see the same commits, each commit is published by one", async () => {
  const { repository, reconciler, another } = scenario;
  await repository.commit(workspaceWith(["a"]));
  await reconcile(reconciler);
  const rivals = [reconciler, await another(), await another()];
  for (const body of ["Two", "Three", "Four"]) {
    await repository.commit({ "cadences/a.yaml": sequence("a", body) });
  }
  const head = await repository.git("rev-parse", "HEAD");
  for (let round = 0; (await sourceState()).last_attempted_sha !== head && round < 10; round += 1) {
    await Promise.all(rivals.map((rival) => reconcile(rival)));
  }
  expect(await recordedIn(db)).toEqual(Array.from({ length: 4 }, () => "applied Applied"));
  expect(await liveIn(db)).toEqual({ a: "active@4" });
  expect(await sourceState()).toMatchObject({ last_attempted_sha: head, last_applied_sha: head });
});

test("a controller that fell behind in the middle of its walk never moves a pointer back", async () => {
  const { repository, reconciler, another } = scenario;
  await repository.commit(workspaceWith(["a"]));
  await reconcile(reconciler);
  await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
  const middle = await repository.commit({ "cadences/a.yaml": sequence("a", "Three") });
  const rival = await another();
  // The rival takes over right after the slow one's first commit, with a head that is newer still.
  const slow: Reconciler = { ...reconciler, db: interrupted(db, 1, () => overtake()) };
  const overtake = async () => {
    await repository.commit({ "cadences/a.yaml": sequence("a", "Four") });
    await reconcile(rival);
  };
  expect(await reconcile(slow)).toMatchObject({ reason: "Overtaken" });
  expect(await liveIn(db)).toEqual({ a: "active@4" });
  expect(await recordedIn(db)).toHaveLength(4);
  const head = await repository.git("rev-parse", "HEAD");
  expect(head).not.toBe(middle);
  expect(await sourceState()).toMatchObject({ last_attempted_sha: head, last_applied_sha: head });
});

describe("what was found out about an earlier state is not told of the present one", () => {
  /** One that is slow: meanwhile another merges and reconciles. */
  const slowed = (reconciler: Reconciler, meanwhile: () => Promise<unknown>): Reconciler => ({
    ...reconciler,
    git: {
      ...reconciler.git,
      async fetch() {
        try {
          return await reconciler.git.fetch();
        } finally {
          await meanwhile();
        }
      },
    },
  });

  test("a slow one that saw nothing new does not cover up what another one refused", async () => {
    const { repository, reconciler, another } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(reconciler);
    const rival = await another();
    const slow = slowed(reconciler, async () => {
      await repository.commit({ "cadences/a.yaml": "kind: Sequence\n" });
      await reconcile(rival);
    });
    expect(await reconcile(slow)).toMatchObject({ reason: "Overtaken" });
    expect(await conditionsIn(db)).toEqual({ Stalled: "InvalidCommit" });
  });

  test("a slow one that could not read does not stall what another one published", async () => {
    const { repository, reconciler, another } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(reconciler);
    const rival = await another();
    const unreachable = await another({ branch: "nowhere" });
    const slow = slowed(unreachable, async () => {
      await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
      await reconcile(rival);
    });
    expect(await reconcile(slow)).toMatchObject({ reason: "Overtaken" });
    expect(await conditionsIn(db)).toEqual({ Ready: "Applied" });
    expect(await recordedIn(db)).toEqual(["applied Applied", "applied Applied"]);
  });

  test("nor does one say that it reads what another one has published", async () => {
    const { repository, reconciler, another } = scenario;
    await repository.commit(workspaceWith(["a"]));
    const rival = await another();
    const slow = slowed(reconciler, () => reconcile(rival));
    expect(await reconcile(slow)).toMatchObject({ reason: "Overtaken" });
    expect(await conditionsIn(db)).toEqual({ Ready: "Applied" });
  });
});

/** The database, with something that happens right after its nth transaction. */
function interrupted(inner: Db, nth: number, happens: () => Promise<void>): Db {
  let count = 0;
  return new Proxy(inner, {
    get(target, key) {
      if (key !== "transaction") {
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      }
      return () => ({
        async execute<T>(work: Parameters<ReturnType<Db["transaction"]>["execute"]>[0]) {
          const result = await target.transaction().execute(work);
          count += 1;
          if (count === nth) await happens();
          return result as T;
        },
      });
    },
  });
}
