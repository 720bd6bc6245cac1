import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createMemory } from "../../controller/memory.ts";
import { GitFailure } from "../../controller/git-failure.ts";
import { shaOf, type Sha } from "../../controller/git.ts";
import { judge } from "../../controller/judge.ts";
import { reconcile } from "../../controller/reconcile.ts";
import type { Db } from "../../store/database.ts";
import { askForReconciliation, setSuspended } from "../../store/source-requests.ts";
import {
  conditionsIn,
  liveIn,
  recordedIn,
  sequence,
  useScenario,
  without,
  workspace,
  workspaceWith,
  type Scenario,
} from "./scenario.ts";

let scenario: Scenario;
let db: Db;
useScenario((given) => {
  scenario = given;
  ({ db } = given);
});

const SIX = ["a", "b", "c", "d", "e", "f"];

describe("each commit is held against the one before it, however many a poll finds", () => {
  test("two commits that retire three sequences each stay below a guard of three", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith([...SIX, "kept"]));
    await reconcile(reconciler);
    await repository.commit(without("a", "b", "c"));
    await repository.commit(without("d", "e", "f"));
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "applied" });
    expect(await liveIn(db)).toMatchObject({ a: "retired@1", f: "retired@1", kept: "active@1" });
  });

  test("what one poll brought and took away is guarded like anything else", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["kept"]));
    await reconcile(reconciler);
    await repository.commit(workspaceWith(SIX));
    await repository.commit(without(...SIX));
    await reconcile(reconciler);
    expect(await recordedIn(db)).toEqual([
      "applied Applied",
      "applied Applied",
      "stalled RetireGuard",
    ]);
    expect(await liveIn(db)).toMatchObject({ a: "active@1", kept: "active@1" });
  });

  test("an attribute's type cannot change between two commits of one poll", async () => {
    const plan = (type: string) =>
      `kind: CustomAttribute\nid: plan\nentity: contact\nkey: plan\ntype: ${type}\n`;
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["kept"]));
    await reconcile(reconciler);
    await repository.commit({ "cadences/plan.yaml": plan("text") });
    await repository.commit({ "cadences/plan.yaml": plan("number") });
    expect(await reconcile(reconciler)).toMatchObject({ reason: "InvalidCommit" });
    const kept = await db.selectFrom("custom_attributes").select(["key", "type"]).execute();
    expect(kept).toEqual([{ key: "plan", type: "text" }]);
  });
});

describe("an acknowledgement", () => {
  const acknowledge = async (sha: string) => {
    scenario.clock.advance({ minutes: 1 });
    await askForReconciliation(db, sha, scenario.clock.now());
    return reconcile(scenario.reconciler, { force: true });
  };

  test("counts although the branch has moved on meanwhile", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith([...SIX, "kept"]));
    await reconcile(reconciler);
    const sha = await repository.commit(without(...SIX));
    expect(await reconcile(reconciler)).toMatchObject({ reason: "RetireGuard" });
    await repository.commit({ "cadences/kept.yaml": sequence("kept", "Two") });
    expect(await acknowledge(sha)).toMatchObject({ outcome: "applied" });
    expect(await liveIn(db)).toMatchObject({ a: "retired@1", kept: "active@2" });
  });

  test("of a rewritten history counts although the branch has moved on meanwhile", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(reconciler);
    await repository.git("commit", "--quiet", "--amend", "-m", "Rewritten");
    const sha = await repository.git("rev-parse", "HEAD");
    expect(await reconcile(reconciler)).toMatchObject({ reason: "HistoryRewritten" });
    await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
    expect(await acknowledge(sha)).toMatchObject({ outcome: "applied" });
    expect(await liveIn(db)).toEqual({ a: "active@2" });
  });

  test("accepts the stall that was shown, not another one behind it", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith([...SIX, "kept"]));
    await reconcile(reconciler);
    await repository.commit(without(...SIX));
    await repository.git("reset", "--quiet", "--soft", "HEAD~1");
    await repository.git("commit", "--quiet", "--amend", "-m", "Rewritten, and emptied");
    const sha = await repository.git("rev-parse", "HEAD");
    expect(await reconcile(reconciler)).toMatchObject({ reason: "HistoryRewritten" });
    expect(await acknowledge(sha)).toMatchObject({ reason: "RetireGuard" });
    expect(await liveIn(db)).toMatchObject({ a: "active@1" });
    expect(await acknowledge(sha)).toMatchObject({ outcome: "applied" });
    expect(await liveIn(db)).toMatchObject({ a: "retired@1", kept: "active@1" });
  });

  test("that comes with the commit, before anybody has looked, counts", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith([...SIX, "kept"]));
    await reconcile(reconciler);
    const sha = await repository.commit(without(...SIX));
    expect(await acknowledge(sha)).toMatchObject({ outcome: "applied" });
  });

  test("of a commit that is no part of the branch changes nothing", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(reconciler);
    await repository.git("commit", "--quiet", "--amend", "-m", "Rewritten");
    expect(await acknowledge("f".repeat(40))).toMatchObject({ reason: "HistoryRewritten" });
  });
});

describe("an empty tree", () => {
  const none = () => ({
    ...without("a", "b"),
    "cadences/cadenza.yaml": null,
    "cadences/mail.yaml": null,
  });

  test("retires everything once that very commit is acknowledged; running ones keep their inboxes", async () => {
    const { repository, reconciler, clock } = scenario;
    await repository.commit(workspaceWith(["a", "b"]));
    await reconcile(reconciler);
    const sha = await repository.commit(none());
    const stalled = await reconcile(reconciler);
    expect(stalled).toMatchObject({ outcome: "stalled", reason: "EmptyTree" });
    expect(stalled.message).toContain(`--acknowledge ${sha}`);
    await askForReconciliation(db, sha, clock.now());
    expect(await reconcile(reconciler, { force: true })).toMatchObject({ outcome: "applied" });
    expect(await liveIn(db)).toEqual({ a: "retired@1", b: "retired@1" });
    const inboxes = db.selectFrom("inboxes").select("id").where("removed_at", "is", null);
    expect(await inboxes.execute()).toEqual([{ id: "mail" }]);
  });

  test("as the very first commit has nothing to retire: it stays stalled", async () => {
    const { repository, reconciler, clock } = scenario;
    const sha = await repository.commit({ readme: "hello" });
    const stalled = await reconcile(reconciler);
    expect(stalled).toMatchObject({ reason: "EmptyTree" });
    expect(stalled.message).not.toContain("--acknowledge");
    await askForReconciliation(db, sha, clock.now());
    expect(await reconcile(reconciler, { force: true })).toMatchObject({ reason: "EmptyTree" });
  });
});

describe("another folder", () => {
  test("is looked at as soon as the server starts with it", async () => {
    const { repository, another } = scenario;
    await repository.commit(workspaceWith(["a"]));
    expect(await reconcile(await another({ path: "wrong" }))).toMatchObject({
      reason: "EmptyTree",
    });
    expect(await reconcile(await another())).toMatchObject({ outcome: "applied" });
    expect(await liveIn(db)).toEqual({ a: "active@1" });
  });

  test("that is empty stays stalled, although its commit was applied before", async () => {
    const { repository, reconciler, another } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(reconciler);
    const wrong = await another({ path: "wrong" });
    expect(await reconcile(wrong)).toMatchObject({ reason: "EmptyTree" });
    expect(await reconcile(wrong)).toMatchObject({ reason: "EmptyTree" });
    expect(await conditionsIn(db)).toEqual({ Stalled: "EmptyTree" });
    expect(await recordedIn(db)).toHaveLength(2);
    expect(await reconcile(await another())).toMatchObject({ outcome: "applied" });
    expect(await conditionsIn(db)).toEqual({ Ready: "Applied" });
  });

  test("is looked at even where the first fetch after the change failed", async () => {
    const { repository, another } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(await another({ path: "wrong" }));
    const right = await another();
    const failing = { ...right, git: { ...right.git, fetch: () => Promise.reject(unreachable()) } };
    await reconcile(failing);
    expect(await reconcile(right)).toMatchObject({ outcome: "applied" });
  });
});

const unreachable = (detail = "") =>
  new GitFailure("Unreachable", `https://git.example.com cannot be reached ${detail}`);

describe("a source that cannot be read", () => {
  const failingWith = (failure: () => GitFailure) => ({
    ...scenario.reconciler,
    git: { ...scenario.reconciler.git, fetch: () => Promise.reject(failure()) },
  });

  test("is recorded once an outage, even where git words it differently each time", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    let waited = 0;
    const failing = failingWith(() => unreachable(`after ${(waited += 1)} ms`));
    expect(await reconcile(failing)).toMatchObject({ isUnread: true });
    await reconcile(failing);
    expect(await recordedIn(db)).toEqual(["stalled Unreachable"]);
    await reconcile(reconciler);
    await reconcile(failing);
    await reconcile(failing);
    expect(await recordedIn(db)).toEqual([
      "stalled Unreachable",
      "applied Applied",
      "stalled Unreachable",
    ]);
  });

  test("is recorded again where it came back between two outages without a new commit", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    await reconcile(reconciler);
    const failing = failingWith(() => unreachable());
    await reconcile(failing);
    await reconcile(reconciler);
    await reconcile(failing);
    expect(await recordedIn(db)).toEqual([
      "applied Applied",
      "stalled Unreachable",
      "stalled Unreachable",
    ]);
  });

  test("is said in the status, with its address, before anything was ever fetched", async () => {
    await reconcile(failingWith(() => unreachable()));
    const state = await db.selectFrom("source_state").selectAll().executeTakeFirstOrThrow();
    expect(state.url).toBe(scenario.repository.path);
    expect(await conditionsIn(db)).toEqual({ Stalled: "Unreachable" });
  });

  test("whose objects fail after the fetch is a stall too, and publishes later", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    const broken = {
      ...reconciler,
      git: { ...reconciler.git, catFiles: () => Promise.reject(unreachable()) },
    };
    expect(await reconcile(broken)).toMatchObject({ outcome: "stalled", reason: "Unreachable" });
    expect(await conditionsIn(db)).toEqual({ Stalled: "Unreachable" });
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "applied" });
  });
});

describe("meanwhile", () => {
  test("a suspension that comes while commits are read keeps them from being published", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    const suspending = {
      ...reconciler,
      git: {
        ...reconciler.git,
        async fetch() {
          await setSuspended(db, true);
          return reconciler.git.fetch();
        },
      },
    };
    expect(await reconcile(suspending)).toMatchObject({ outcome: "unchanged" });
    expect(await liveIn(db)).toEqual({});
  });

  test("the status says Reconciling while commits are read", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    let seen: Readonly<Record<string, string>> = {};
    const watched = {
      ...reconciler,
      git: {
        ...reconciler.git,
        async catFiles(ids: readonly string[]) {
          seen = await conditionsIn(db);
          return reconciler.git.catFiles(ids);
        },
      },
    };
    await reconcile(watched);
    expect(seen).toEqual({ Reconciling: "Progressing" });
    expect(await conditionsIn(db)).toEqual({ Ready: "Applied" });
  });
});

describe("hostile commits are data", () => {
  test("a commit from the far future is published", async () => {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(["a"]));
    const tree = await repository.git("rev-parse", "HEAD^{tree}");
    const who = "A. Writer <writer@example.com> 9000000000000000 +0000";
    const raw = join(scenario.dataDir, "commit");
    await writeFile(raw, `tree ${tree}\nauthor ${who}\ncommitter ${who}\n\nFuture\n`);
    const hash = await repository.git("hash-object", "-t", "commit", "-w", raw);
    await repository.git("reset", "--quiet", "--hard", hash);
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "applied" });
  });

  test("an unknown country of holidays fails the commit", async () => {
    const { repository, reconciler } = scenario;
    const holidays = "business_days: { holidays: { country: ZZ } }\n";
    await repository.commit(workspaceWith(["a"], { "cadences/cadenza.yaml": workspace(holidays) }));
    expect(await reconcile(reconciler)).toMatchObject({ reason: "InvalidCommit" });
    const { diagnostics } = await db
      .selectFrom("reconciliations")
      .select("diagnostics")
      .executeTakeFirstOrThrow();
    expect(diagnostics.map(({ message }) => message).join()).toContain("ZZ");
  });
});

test("an attribute's options and description follow the files", async () => {
  const plan = (options: string, description: string) =>
    `kind: CustomAttribute\nid: plan\nentity: contact\nkey: plan\ntype: list\noptions: [${options}]\ndescription: ${description}\n`;
  const { repository, reconciler } = scenario;
  await repository.commit(workspaceWith(["a"], { "cadences/plan.yaml": plan("x", "One") }));
  await reconcile(reconciler);
  await repository.commit({
    "cadences/plan.yaml": plan("x, y", "Two"),
    "cadences/a.yaml": sequence("a", "New"),
  });
  await reconcile(reconciler);
  const rows = await db
    .selectFrom("custom_attributes")
    .select(["key", "options", "description"])
    .execute();
  expect(rows).toEqual([{ key: "plan", options: ["x", "y"], description: "Two" }]);
  const changes = await db.selectFrom("reconciliations").select("changes").orderBy("id").execute();
  expect(changes.map((row) => row.changes.attributes)).toEqual([["contact.plan"], []]);
});

describe("a long walk", () => {
  const bodies = ["Two", "Three", "Four", "Five", "Six"];

  async function commitsAfterTheFirst(): Promise<readonly Sha[]> {
    const { repository, reconciler } = scenario;
    await repository.commit(workspaceWith(SIX));
    await reconcile(reconciler);
    const shas: Sha[] = [];
    for (const body of bodies) {
      shas.push(shaOf(await repository.commit({ "cadences/a.yaml": sequence("a", body) })));
    }
    await reconciler.git.fetch();
    return shas;
  }

  test("keeps of each commit what it alone has, and the newest valid one whole", async () => {
    const commits = await commitsAfterTheFirst();
    const { repository, reconciler } = scenario;
    const reverted = await repository.commit({ "cadences/a.yaml": sequence("a", "Two") });
    const broken = await repository.commit({ "cadences/b.yaml": "kind: Sequence\n" });
    await reconciler.git.fetch();
    const all = [...commits, shaOf(reverted), shaOf(broken)];
    const { judged } = await judge(reconciler, all, null);
    expect(judged.map(({ versions }) => versions.map(({ id }) => id))).toEqual([
      ...bodies.map(() => ["a"]),
      [],
      [],
    ]);
    expect(judged.map(({ publication }) => publication?.commit.sha ?? null)).toEqual([
      ...bodies.map(() => null),
      reverted,
      null,
    ]);
    // What a controller remembers of the commit before changes nothing.
    const remembering = { ...reconciler, memory: createMemory() };
    expect((await judge(remembering, all, null)).judged).toEqual(judged);
  });

  test("keeps a finding that all its commits have once", async () => {
    const { repository, reconciler } = scenario;
    const blank = (body: string) =>
      workspaceWith(["a"], { "cadences/b.yaml": sequence("b", `{{ contact.name }} ${body}`) });
    const shas = [await repository.commit(blank("1")), await repository.commit(blank("2"))];
    await reconciler.git.fetch();
    const { judged } = await judge(reconciler, shas.map(shaOf), null);
    const [first, second] = judged;
    expect(first?.diagnostics.length).toBeGreaterThan(0);
    expect(second?.diagnostics[0]).toBe(first?.diagnostics[0]);
  });

  test("is made in stages, and every commit is published once", async () => {
    await commitsAfterTheFirst();
    const { reconciler } = scenario;
    expect(await reconcile(reconciler, { stage: 2 })).toMatchObject({ outcome: "applied" });
    expect(await recordedIn(db)).toEqual(Array.from({ length: 6 }, () => "applied Applied"));
    expect(await liveIn(db)).toMatchObject({ a: "active@6", b: "active@1" });
    expect(await conditionsIn(db)).toEqual({ Ready: "Applied" });
  });
});
