import { describe, expect, test } from "vitest";
import { reconcile, type Reconciler } from "../../controller/reconcile.ts";
import type { Db } from "../../store/database.ts";
import { askForReconciliation, setSuspended } from "../../store/source-requests.ts";
import { readProgress, recordProgress } from "../../store/reconciliations.ts";
import type { TestClock } from "../support/clock.ts";
import type { TestRepository } from "../support/git-remote.ts";
import { liveIn, sequence, useScenario, workspace, workspaceWith } from "./scenario.ts";

let db: Db;
let repository: TestRepository;
let clock: TestClock;
let reconciler: Reconciler;
useScenario((given) => {
  ({ db, repository, clock, reconciler } = given);
});

const base = (files: Record<string, string | null> = {}) => workspaceWith(["welcome"], files);
const live = () => liveIn(db);
const versions = async () => {
  const rows = await db
    .selectFrom("sequence_versions")
    .select(["sequence_id", "version"])
    .orderBy("sequence_id")
    .orderBy("version")
    .execute();
  return rows.map((row) => `${row.sequence_id}@${row.version}`);
};
const records = () => db.selectFrom("reconciliations").selectAll().orderBy("id").execute();
const state = () => db.selectFrom("source_state").selectAll().executeTakeFirstOrThrow();

describe("publishing", () => {
  test("the first reconciliation publishes the head only", async () => {
    await repository.commit(base());
    const head = await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Again") });
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "applied" });
    expect(await live()).toEqual({ welcome: "active@1" });
    const version = await db.selectFrom("sequence_versions").selectAll().executeTakeFirstOrThrow();
    expect(version).toMatchObject({
      commit_sha: head,
      author: "A. Writer <writer@example.com>",
      path: "welcome.yaml",
      source: sequence("welcome", "Again"),
    });
    expect(await state()).toMatchObject({ last_applied_sha: head, last_attempted_sha: head });
    expect((await records())[0]).toMatchObject({
      commit_sha: head,
      outcome: "applied",
      diagnostics: [],
    });
  });

  test("every merged commit becomes a version; pointers move once, to the newest", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Three") });
    await reconcile(reconciler);
    expect(await versions()).toEqual(["welcome@1", "welcome@2", "welcome@3"]);
    expect(await live()).toEqual({ welcome: "active@3" });
    const changes = (await records()).map((row) => row.changes.versions);
    expect(changes).toEqual([
      [{ sequence: "welcome", version: 1, from: null }],
      [{ sequence: "welcome", version: 2, from: null }],
      [{ sequence: "welcome", version: 3, from: 1 }],
    ]);
  });

  test("a revert points back to the version with the same content", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    await reconcile(reconciler);
    await repository.git("revert", "--no-edit", "HEAD");
    await reconcile(reconciler);
    expect(await versions()).toEqual(["welcome@1", "welcome@2"]);
    expect(await live()).toEqual({ welcome: "active@1" });
  });

  test("comments and names make no version; a shared text makes one for each user", async () => {
    const uses = (id: string) =>
      sequence(id).replace('{ subject: Hi, body: "Hello" }', "{ message: shared }");
    await repository.commit(
      base({
        "cadences/a.yaml": uses("a"),
        "cadences/b.yaml": uses("b"),
        "cadences/shared.yaml": "kind: MessageTemplate\nid: shared\nsubject: Hi\nbody: One\n",
      }),
    );
    await reconcile(reconciler);
    await repository.commit({
      "cadences/welcome.yaml": `# a comment\n${sequence("welcome")}name: Renamed\n`,
    });
    await reconcile(reconciler);
    expect(await versions()).toEqual(["a@1", "b@1", "welcome@1"]);
    expect(
      await db
        .selectFrom("sequences")
        .select("name")
        .where("id", "=", "welcome")
        .executeTakeFirst(),
    ).toEqual({ name: "Renamed" });
    await repository.commit({
      "cadences/shared.yaml": "kind: MessageTemplate\nid: shared\nsubject: Hi\nbody: Two\n",
    });
    await reconcile(reconciler);
    expect(await versions()).toEqual(["a@1", "a@2", "b@1", "b@2", "welcome@1"]);
  });

  test("attributes are created, kept, and never change their type", async () => {
    const attribute = (type: string) =>
      `kind: CustomAttribute\nid: plan\nentity: contact\nkey: plan\ntype: ${type}\n`;
    await repository.commit(base({ "cadences/plan.yaml": attribute("text") }));
    await reconcile(reconciler);
    await repository.commit({ "cadences/plan.yaml": null });
    await reconcile(reconciler);
    const kept = await db
      .selectFrom("custom_attributes")
      .select(["entity", "key", "type"])
      .execute();
    expect(kept).toEqual([{ entity: "contact", key: "plan", type: "text" }]);
    await repository.commit({
      "cadences/plan.yaml": attribute("number"),
      "cadences/welcome.yaml": sequence("welcome", "New"),
    });
    expect(await reconcile(reconciler)).toMatchObject({
      outcome: "failed",
      reason: "InvalidCommit",
    });
    expect((await records()).at(-1)?.diagnostics).toMatchObject([
      { rule: "attribute-type-changed" },
    ]);
    expect(await live()).toEqual({ welcome: "active@1" });
  });

  test("a removed sequence is retired, and comes back as it was", async () => {
    await repository.commit(base({ "cadences/b.yaml": sequence("b") }));
    await reconcile(reconciler);
    await repository.commit({ "cadences/b.yaml": null });
    await reconcile(reconciler);
    expect(await live()).toEqual({ b: "retired@1", welcome: "active@1" });
    await repository.commit({ "cadences/b.yaml": sequence("b") });
    await reconcile(reconciler);
    expect(await live()).toEqual({ b: "active@1", welcome: "active@1" });
    expect(await versions()).toEqual(["b@1", "welcome@1"]);
  });

  test("a changed policy has a new revision, so that due times are re-derived", async () => {
    const revision = () =>
      db
        .selectFrom("workspace_policy")
        .select(["revision", "rederived_revision"])
        .executeTakeFirst();
    await repository.commit(base());
    await reconcile(reconciler);
    expect(await revision()).toEqual({ revision: "1", rederived_revision: "1" });
    await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    await reconcile(reconciler);
    expect(await revision()).toEqual({ revision: "1", rederived_revision: "1" });
    await repository.commit({
      "cadences/cadenza.yaml": workspace('quiet_hours: { from: "21:00", to: "08:00" }\n'),
    });
    await reconcile(reconciler);
    expect(await revision()).toEqual({ revision: "2", rederived_revision: "1" });
  });
});

describe("what cannot be published changes nothing", () => {
  test("an invalid commit is recorded with all findings, once, and the next valid one publishes", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    const broken = sequence("welcome")
      .replace("immediately", "soonish")
      .replace("contact", "contcat");
    await repository.commit({
      "cadences/welcome.yaml": broken,
      "cadences/b.yaml": sequence("b").replace("immediately", "1 dya"),
    });
    expect(await reconcile(reconciler)).toMatchObject({
      outcome: "failed",
      reason: "InvalidCommit",
    });
    expect(await reconcile(reconciler)).toMatchObject({
      outcome: "failed",
      reason: "InvalidCommit",
    });
    expect(await records()).toHaveLength(2);
    expect((await records())[1]?.diagnostics.length).toBeGreaterThan(1);
    expect(await live()).toEqual({ welcome: "active@1" });
    expect((await state()).conditions.find(({ type }) => type === "Stalled")).toMatchObject({
      status: true,
    });
    await repository.commit(base({ "cadences/b.yaml": sequence("b") }));
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "applied" });
    expect(await live()).toEqual({ b: "active@1", welcome: "active@1" });
    expect((await state()).conditions.find(({ type }) => type === "Ready")).toMatchObject({
      status: true,
    });
  });

  test("an invalid commit between two valid ones is passed over", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    await repository.commit({ "cadences/x.yaml": "kind: Nonsense\n" });
    await repository.commit({
      "cadences/x.yaml": null,
      "cadences/welcome.yaml": sequence("welcome", "Three"),
    });
    await reconcile(reconciler);
    expect((await records()).map((row) => row.outcome)).toEqual([
      "applied",
      "applied",
      "failed",
      "applied",
    ]);
    expect(await live()).toEqual({ welcome: "active@3" });
  });

  test("a valid commit below an invalid head is what is live", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    const good = await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    const bad = await repository.commit({ "cadences/x.yaml": "kind: Nonsense\n" });
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "failed" });
    expect(await live()).toEqual({ welcome: "active@2" });
    expect(await state()).toMatchObject({ last_applied_sha: good, last_attempted_sha: bad });
  });

  test("an empty tree and a missing folder stall", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.commit({
      "cadences/cadenza.yaml": null,
      "cadences/mail.yaml": null,
      "cadences/welcome.yaml": null,
    });
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "stalled", reason: "EmptyTree" });
    expect(await live()).toEqual({ welcome: "active@1" });
  });

  test("a repository that holds no cadences yet is told where to begin", async () => {
    await repository.commit({ "notes.txt": "nothing to say" });
    const { reason, message } = await reconcile(reconciler);
    expect(reason).toBe("EmptyTree");
    expect(message).toContain("commit a cadenza.yaml there");
    expect(message).not.toContain("restore");
  });

  test("retiring more than the guard stalls until that very commit is acknowledged", async () => {
    const many = Object.fromEntries(
      ["b", "c", "d", "e"].map((id) => [`cadences/${id}.yaml`, sequence(id)]),
    );
    await repository.commit(base(many));
    await reconcile(reconciler);
    const none = Object.fromEntries(Object.keys(many).map((name) => [name, null]));
    // The commit cannot lift the guard that it hits.
    const sha = await repository.commit({
      ...none,
      "cadences/cadenza.yaml": workspace("retire_guard: 100\n"),
    });
    const outcome = await reconcile(reconciler);
    expect(outcome).toMatchObject({ outcome: "stalled", reason: "RetireGuard" });
    expect(outcome.message).toContain(`--acknowledge ${sha}`);
    expect(await reconcile(reconciler, { force: true })).toMatchObject({ outcome: "stalled" });
    expect((await live())["b"]).toBe("active@1");
    await askForReconciliation(db, "f".repeat(40), clock.now());
    expect(await reconcile(reconciler, { force: true })).toMatchObject({ outcome: "stalled" });
    await askForReconciliation(db, sha, clock.now());
    expect(await reconcile(reconciler, { force: true })).toMatchObject({ outcome: "applied" });
    expect(await live()).toEqual({
      b: "retired@1",
      c: "retired@1",
      d: "retired@1",
      e: "retired@1",
      welcome: "active@1",
    });
  });

  test("a rewritten history stalls, once, until it is acknowledged", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.git("commit", "--quiet", "--amend", "-m", "Rewritten");
    const head = await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    expect(await reconcile(reconciler)).toMatchObject({
      outcome: "stalled",
      reason: "HistoryRewritten",
    });
    await reconcile(reconciler);
    expect(await records()).toHaveLength(2);
    await askForReconciliation(db, head, clock.now());
    expect(await reconcile(reconciler, { force: true })).toMatchObject({ outcome: "applied" });
    expect(await live()).toEqual({ welcome: "active@2" });
  });

  test("an unreachable source keeps what is live, says so once, and recovers", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.git("config", "core.bare", "nonsense");
    expect(await reconcile(reconciler)).toMatchObject({ outcome: "stalled" });
    await reconcile(reconciler);
    expect(await records()).toHaveLength(2);
    expect(await live()).toEqual({ welcome: "active@1" });
  });

  test("a suspended source is left alone", async () => {
    await repository.commit(base());
    await setSuspended(db, true);
    expect(await reconcile(reconciler)).toMatchObject({ reason: "Suspended" });
    expect(await live()).toEqual({});
  });

  test("whoever finds that another controller has published does nothing", async () => {
    await repository.commit(base());
    await reconcile(reconciler);
    await repository.commit({ "cadences/welcome.yaml": sequence("welcome", "Two") });
    const racing: Reconciler = {
      ...reconciler,
      git: {
        ...reconciler.git,
        async fetch() {
          const fetched = await reconciler.git.fetch();
          const seen = await readProgress(db);
          await recordProgress(db, seen, { attempted: "e".repeat(40) }, clock.now());
          return fetched;
        },
      },
    };
    expect(await reconcile(racing)).toMatchObject({ reason: "Overtaken" });
    expect(await live()).toEqual({ welcome: "active@1" });
  });
});
