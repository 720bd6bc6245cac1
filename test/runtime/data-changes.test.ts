import { beforeAll, expect, test } from "vitest";
import type { EntityData } from "../../core/facts.ts";
import { enrollMany } from "../../runtime/enroll.ts";
import type { EntityChange, EnrollRequest } from "../../runtime/http/ports.ts";
import { mergeEntity } from "../../runtime/merge-entity.ts";
import { pause, resume } from "../../runtime/operate.ts";
import { rederiveStale } from "../../runtime/stale.ts";
import { transact } from "../../runtime/transact.ts";
import { describeEngine, NOW, type EngineTest } from "../support/engine.ts";
import { publishVersion, textDocument } from "../support/rows.ts";

const DAY = 86_400_000;
const SENT = { kind: "sent", providerId: null } as const;

const merge = (t: EngineTest, type: EntityChange["type"], id: string, data: EntityData) =>
  t.db
    .transaction()
    .execute((trx) =>
      mergeEntity(trx, t.h.execution.engine, { type, id, contactId: null, data }, t.h.clock.now()),
    );

async function enroll(t: EngineTest, request: Partial<EnrollRequest> & { sequence: string }) {
  const all = { contact: null, data: null, agent: null, startAt: null, idempotency: null };
  const target = { type: "contact", id: t.lastContact } as const;
  const { results } = await t.db
    .transaction()
    .execute((trx) =>
      enrollMany(trx, t.h.execution.engine, [{ ...all, target, ...request }], t.h.clock.now()),
    );
  const [result] = results;
  if (result === undefined || "refused" in result) throw new Error(JSON.stringify(result));
  return result.enrolled.id;
}

describeEngine("a goal that data meets", (engine) => {
  beforeAll(async () => {
    const exit = { goal: 'contact.company == "Acme"' };
    await publishVersion(engine().db, { ...textDocument("aiming"), exit }, 1, NOW);
  });
  const meet = (t: EngineTest) => merge(t, "contact", t.lastContact, { company: "Acme" });

  test("ends what waits, at once", async () => {
    const t = engine();
    const id = await t.enroll("aiming");
    await t.h.drain();
    await merge(t, "contact", t.lastContact, { company: "Other" });
    expect(await t.read(id)).toMatchObject({ state: "active", step_id: "b" });
    await meet(t);
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "goal" });
    expect(await t.historyOf(id)).toContain("exited");
  });

  test("ends what is paused", async () => {
    const t = engine();
    const id = await t.enroll("aiming");
    await pause(t.db, id, "ops", t.h.clock.now());
    await meet(t);
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "goal" });
  });

  test("stops what a chunk has in hand, and ends it then", async () => {
    const t = engine();
    const id = await t.enroll("aiming");
    const [chunk] = await t.h.claim();
    await t.h.execution.engine.workspace(t.db);
    await t.executeMeanwhile(chunk!, () => meet(t));
    await rederiveStale(t.h.execution);
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "exited", reason: "goal" });
    expect(t.h.sent).toEqual([]);
  });
});

describeEngine("a held message goes on once its data is there", (engine) => {
  test("an agent's name, for the agent of the enrollment", async () => {
    const t = engine();
    await publish(t, "from-agent", "Hi, this is {{ agent.name }}");
    await t.enroll();
    const id = await enroll(t, { sequence: "from-agent", agent: { id: "ag1", data: {} } });
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "held", reason: "blank: agent.name" });
    await merge(t, "agent", "someone-else", { name: "Bo" });
    expect(await t.read(id)).toMatchObject({ state: "held" });
    await merge(t, "agent", "ag1", { name: "Bo" });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toContain("Hi, this is Bo");
    expect(await t.historyOf(id)).toEqual(expect.arrayContaining(["held", "released", "sent"]));
  });

  test("an agent's name, for the agent of the target, who was not known at all", async () => {
    const t = engine();
    await publish(t, "from-assignee", "Hi, this is {{ agent.name }}", "deal");
    await t.enroll();
    const id = await enroll(t, {
      sequence: "from-assignee",
      target: { type: "deal", id: `d-${t.lastContact}` },
      data: { contactId: t.lastContact, data: { agent_id: "ag2" } },
    });
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "held", reason: "blank: agent.name" });
    await merge(t, "agent", "ag2", { name: "Bo" });
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toContain("Hi, this is Bo");
  });

  test("an agent's name that comes with another enrollment", async () => {
    const t = engine();
    await publish(t, "from-colleague", "Hi, this is {{ agent.name }}");
    await t.enroll();
    const agent = { id: "ag3", data: {} };
    const id = await enroll(t, { sequence: "from-colleague", agent });
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "held" });
    await t.enroll();
    await enroll(t, {
      sequence: "from-colleague",
      agent: { ...agent, data: { name: "Bo" } },
    });
    expect(await t.read(id)).toMatchObject({ state: "active" });
  });

  test("an agent's name that comes while the message is decided on", async () => {
    const t = engine();
    await publish(t, "from-newcomer", "Hi, this is {{ agent.name }}");
    await t.enroll();
    const id = await enroll(t, { sequence: "from-newcomer", agent: { id: "ag4", data: {} } });
    const [chunk] = await t.h.claim();
    await t.executeMeanwhile(chunk!, () => merge(t, "agent", "ag4", { name: "Bo" }));
    await t.h.drain();
    expect(await t.read(id)).toMatchObject({ state: "completed" });
    expect(t.h.sent.map((one) => one.text)).toContain("Hi, this is Bo");
  });
});

describeEngine("a pause outlives what happens to its data", (engine) => {
  test("a date that is cleared and comes back does not end it", async () => {
    const t = engine();
    await publishTrial(t, "trial-paused");
    const id = await t.enroll("trial-paused", { custom: { ends_on: "2026-03-10" } });
    await t.h.drain();
    await pause(t.db, id, "test", NOW);
    await merge(t, "contact", t.lastContact, { custom: { ends_on: null } });
    expect(await t.read(id)).toMatchObject({
      state: "paused",
      reason: "blank: contact.custom.ends_on",
      next_due_at: null,
    });
    await merge(t, "contact", t.lastContact, { custom: { ends_on: "2026-03-20" } });
    expect(await t.read(id)).toMatchObject({
      state: "paused",
      reason: null,
      next_due_at: new Date("2026-03-19T09:00:00Z"),
    });
  });

  test("resumed while its date is missing, it is held until the date is there", async () => {
    const t = engine();
    await publishTrial(t, "trial-resumed");
    const id = await t.enroll("trial-resumed", { custom: { ends_on: "2026-03-10" } });
    await t.h.drain();
    await pause(t.db, id, "test", NOW);
    await merge(t, "contact", t.lastContact, { custom: { ends_on: null } });
    expect(await resume(t.db, id, "test", NOW)).toEqual({ done: true });
    const reason = "blank: contact.custom.ends_on";
    expect(await t.read(id)).toMatchObject({ state: "held", reason });
    await merge(t, "contact", t.lastContact, { custom: { ends_on: "2026-03-20" } });
    expect(await t.read(id)).toMatchObject({ state: "active" });
  });

  test("a hold that is decided on while the pause comes leaves it paused", async () => {
    const t = engine();
    await publish(t, "greeting-paused", "Hi {{ contact.first_name }}");
    const id = await t.enroll("greeting-paused", { first_name: null });
    const [chunk] = await t.h.claim();
    await t.executeMeanwhile(chunk!, () => pause(t.db, id, "test", NOW));
    expect(await t.read(id)).toMatchObject({
      state: "paused",
      reason: "blank: contact.first_name",
    });
    await merge(t, "contact", t.lastContact, { first_name: "Bo" });
    await t.h.drain();
    expect(t.h.sent).toEqual([]);
    await resume(t.db, id, "test", NOW);
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["Hi Bo"]);
  });
});

describeEngine("what changes after the decision", (engine) => {
  test("a goal that is reached before the message's wave keeps it back", async () => {
    const t = engine();
    const document = { ...textDocument("bill"), exit: { goal: "contact.custom.paid" } };
    await publishVersion(t.db, document, 1, NOW);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await t.enroll("bill", { custom: { paid: false } }));
    t.h.answer = async () => {
      t.h.answer = SENT;
      await merge(t, "contact", t.lastContact, { custom: { paid: true } });
      return SENT;
    };
    await t.h.drain();
    expect(new Set(t.h.sent.map((one) => one.enrollment))).toEqual(new Set(ids.slice(0, 2)));
    expect(await t.read(ids[2]!)).toMatchObject({ state: "exited", reason: "goal" });
  });

  test("a text whose data changed before its wave is written anew, at once", async () => {
    const t = engine();
    await publish(t, "names", "Hi {{ contact.first_name }}");
    for (let i = 0; i < 3; i++) await t.enroll("names");
    t.h.answer = async () => {
      t.h.answer = SENT;
      await merge(t, "contact", t.lastContact, { first_name: "Bo" });
      return SENT;
    };
    await t.h.drain();
    expect(t.h.sent.map((one) => one.text)).toEqual(["Hi Ana", "Hi Ana", "Hi Bo"]);
    expect(t.h.clock.now()).toBe(NOW);
  });
});

describeEngine(
  "a date that changes while the message is claimed",
  (engine) => {
    test("is not missed, whichever of the two commits first", async () => {
      const t = engine();
      await publishTrial(t, "trial-raced");
      const id = await t.enroll("trial-raced", { custom: { ends_on: "2026-03-10" } });
      await t.h.drain();
      t.h.sent.length = 0;
      t.h.clock.set("2026-03-09T09:00:00Z");
      let chunks: string[] = [];
      // The records are merged and the waiting enrollments read; now a dispatcher comes by.
      const racing = t.engineAfter(async () => {
        chunks = await t.h.claim();
      });
      const change = { type: "contact", id: t.lastContact, contactId: null } as const;
      const data = { custom: { ends_on: "2026-03-20" } };
      await t.db
        .transaction()
        .execute((trx) => mergeEntity(trx, racing, { ...change, data }, t.h.clock.now()));
      for (const chunk of chunks) await t.h.execute(chunk);
      await rederiveStale(t.h.execution);
      await t.h.drain();
      expect(t.h.sent).toEqual([]);
      expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-19T09:00:00Z") });
    });

    test("reaches an enrollment that is begun at the same moment", async () => {
      const t = engine();
      await publishTrial(t, "trial-begun");
      await t.enroll("welcome", { custom: { ends_on: "2026-03-10" } });
      const contact = t.lastContact;
      let changing: Promise<unknown> = Promise.resolve();
      // The new enrollment's data is read; now the date changes, or waits until it may.
      const racing = t.engineAfter(async () => {
        changing = merge(t, "contact", contact, { custom: { ends_on: "2026-03-20" } });
        await Promise.race([changing, t.waitsForLock()]);
      });
      const target = { type: "contact", id: contact } as const;
      const all = { contact: null, data: null, agent: null, startAt: null, idempotency: null };
      const request = { ...all, sequence: "trial-begun", target };
      const { results } = await t.db
        .transaction()
        .execute((trx) => enrollMany(trx, racing, [request], NOW + DAY));
      await changing;
      const [result] = results;
      const id = result !== undefined && "enrolled" in result ? result.enrolled.id : "";
      await t.h.drain();
      expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-19T09:00:00Z") });
    });

    test("follows the policy that holds in the end, where it changes while one begins", async () => {
      const t = engine();
      await t.enroll("welcome");
      await t.h.execution.engine.workspace(t.db);
      // What there is was read; now another policy is published.
      const days = {
        1: [{ from: 12 * 60, to: 18 * 60 }],
        2: [],
        3: [],
        4: [],
        5: [],
        6: [],
        7: [],
      };
      const racing = t.engineAfter(() => t.publish([], { send_hours: { days, holidays: null } }));
      const sequence = "policy-changed";
      await publishVersion(t.db, textDocument(sequence), 1, NOW);
      const target = { type: "contact", id: t.lastContact } as const;
      const all = { contact: null, data: null, agent: null, startAt: null, idempotency: null };
      const { results } = await transact(t.db, (trx) =>
        enrollMany(trx, racing, [{ ...all, sequence, target }], NOW),
      );
      const [result] = results;
      const id = result !== undefined && "enrolled" in result ? result.enrolled.id : "";
      expect(await t.read(id)).toMatchObject({ next_due_at: new Date("2026-03-02T12:00:00Z") });
    });
  },
  ["PostgreSQL"],
);

async function publish(
  t: EngineTest,
  id: string,
  body: string,
  target: "contact" | "deal" = "contact",
): Promise<void> {
  const [step] = textDocument(id, ["a"]).steps;
  const content = { type: "text", subject: "Hello", body } as const;
  const document = { ...textDocument(id), target, steps: [{ ...step!, content }] };
  await publishVersion(t.db, document, 1, NOW);
}

/** `a` at once, `b` on the day before the contact's trial ends. */
async function publishTrial(t: EngineTest, id: string): Promise<void> {
  const [first, second] = textDocument(id).steps;
  const variable = "contact.custom.ends_on";
  const wait = { kind: "relative", n: 1, unit: "day", side: "before", variable } as const;
  const steps = id === "trial-begun" ? [] : [first!];
  const document = { ...textDocument(id), steps: [...steps, { ...second!, wait, at: "09:00" }] };
  await publishVersion(t.db, document, 1, NOW);
}
