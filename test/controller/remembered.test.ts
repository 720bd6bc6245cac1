import { expect, test } from "vitest";
import { createMemory, rememberedAt, type Memory } from "../../controller/memory.ts";
import { reconcile, type Reconciler } from "../../controller/reconcile.ts";
import type { Db } from "../../store/database.ts";
import { readKnownSequences } from "../../store/known-sequences.ts";
import { readProgress } from "../../store/reconciliations.ts";
import type { TestRepository } from "../support/git-remote.ts";
import {
  liveIn,
  sequence,
  useScenario,
  without,
  workspaceWith,
  type Scenario,
} from "./scenario.ts";

let scenario: Scenario;
let db: Db;
let repository: TestRepository;
let memory: Memory;
let reconciler: Reconciler;
useScenario((given) => {
  scenario = given;
  ({ db, repository } = given);
  memory = createMemory();
  reconciler = { ...given.reconciler, memory };
});

/** Reconciles. @returns whether the sequences are known now, which must then be as the database has them */
async function reconciled(one = reconciler): Promise<boolean> {
  scenario.clock.advance({ seconds: 1 });
  await reconcile(one);
  const known = rememberedAt(memory, await readProgress(db));
  if (known !== null) expect(known).toEqual(await readKnownSequences(db));
  return known !== null;
}

test("what a controller remembers of the sequences is what the database holds", async () => {
  await repository.commit(workspaceWith(["a", "b", "c"]));
  expect(await reconciled()).toBe(true);
  await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
  expect(await reconciled()).toBe(true);
  await repository.git("revert", "--no-edit", "HEAD");
  expect(await reconciled()).toBe(true);
  await repository.commit({ "cadences/a.yaml": `${sequence("a")}name: Renamed\n` });
  expect(await reconciled()).toBe(true);
  await repository.commit({ ...without("b"), "cadences/d.yaml": sequence("d") });
  expect(await reconciled()).toBe(true);
  await repository.commit({ "cadences/b.yaml": sequence("b", "Back") });
  expect(await reconciled()).toBe(true);
  await repository.commit({ "cadences/a.yaml": sequence("a", "Three") });
  await repository.commit({ "cadences/c.yaml": sequence("c", "Two") });
  expect(await reconciled()).toBe(true);
  expect(await liveIn(db)).toEqual({ a: "active@3", b: "active@2", c: "active@2", d: "active@1" });
});

test("nothing is remembered of a commit that was refused, or that another controller published", async () => {
  await repository.commit(workspaceWith(["a"]));
  expect(await reconciled()).toBe(true);
  await repository.commit({ "cadences/a.yaml": "kind: Sequence\n" });
  expect(await reconciled()).toBe(false);
  await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
  expect(await reconciled()).toBe(true);
  await repository.commit({ "cadences/a.yaml": sequence("a", "Three") });
  expect(await reconciled(await scenario.another())).toBe(false);
  await repository.commit({ "cadences/a.yaml": sequence("a", "Four") });
  expect(await reconciled()).toBe(true);
  expect(await liveIn(db)).toEqual({ a: "active@4" });
});
