import { createHmac } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { tellSubscriber } from "../../../runtime/outgoing/deliver.ts";
import { keyIn, signed } from "../../../runtime/outgoing/sign.ts";
import { pause } from "../../../runtime/operate.ts";
import { openPostgres } from "../../../store/database.ts";
import { migrate } from "../../../store/migrate.ts";
import { describeEngine, INBOXES, NOW, type EngineTest } from "../../support/engine.ts";
import { createHarness, publishWorkspace, silent } from "../../support/harness.ts";
import { createDatabase } from "../../support/postgres.ts";
import { json, startProvider, type Provider } from "../../support/provider.ts";
import {
  insertContact,
  publishVersion,
  startOne,
  textDocument,
  waitingFor,
} from "../../support/rows.ts";
import { policy } from "../../core/enrollment/fixtures.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const key = keyIn(SECRET)!;

test("signs as the vector of Standard Webhooks", () => {
  const body = '{"test": 2432232314}';
  expect(signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", body, 1_614_265_330_000)).toEqual({
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
  });
});

test.each(["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_short", "whsec_%%%"])(
  "%j is no secret",
  (text) => expect(keyIn(text)).toBeNull(),
);

describeEngine("what is told to the outside", (engine) => {
  let provider: Provider;
  beforeAll(async () => {
    provider = await startProvider(json(200, {}));
  });
  afterAll(() => provider.close());
  beforeEach(async () => {
    const { db } = engine();
    await db.deleteFrom("outgoing_events").execute();
    await db.deleteFrom("outgoing_cursor").execute();
    provider.answer = json(204, {});
    provider.asked.splice(0);
    await tell(engine());
  });

  /**
   * Twice: what was drawn but a moment ago waits a second. And until all of it is taken: the transactions
   * that it waits for may be those of other tests on the same server.
   */
  async function tell(t: EngineTest, types: ReadonlySet<string> | null = null): Promise<void> {
    const subscriber = { url: `${provider.url}/hook`, key, types };
    const round = () => tellSubscriber({ db: t.db, clock: t.h.clock, log: silent, subscriber });
    t.h.clock.advance({ seconds: 2 });
    await round();
    t.h.clock.advance({ seconds: 2 });
    await vi.waitFor(async () => {
      await round();
      const { taken, horizon } = await t.db
        .selectFrom("outgoing_cursor")
        .select(["taken", "horizon"])
        .executeTakeFirstOrThrow();
      expect(taken).toBe(horizon);
    });
  }
  const told = () => provider.asked.map(({ text }) => JSON.parse(text));

  test("each event once, in order, signed, without a word of what was written", async () => {
    const t = engine();
    const id = await t.enroll("welcome", { first_name: "Zephyrine" });
    await t.h.drain();
    await tell(t);
    await tell(t);
    expect(told().map((event) => event.type)).toEqual(["enrollment.started", "message.sent"]);
    const [, sent] = told();
    expect(sent).toMatchObject({
      timestamp: expect.stringMatching(/^2026-03-02T10:00:/),
      data: {
        enrollment_id: id,
        sequence: "welcome",
        version: 1,
        target: { type: "contact", id: t.lastContact },
        contact_id: t.lastContact,
        step: "a",
        details: { channel: "email", inbox: "mail" },
      },
    });
    for (const { headers, text } of provider.asked) {
      const signing = [headers["webhook-id"], headers["webhook-timestamp"], text].join(".");
      const mac = createHmac("sha256", key).update(signing).digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
      expect(text).not.toMatch(/Zephyrine|example\.com|Step a/);
    }
    expect(await t.db.selectFrom("outgoing_events").select("id").execute()).toEqual([]);
  });

  test("messages that were sent together, each before what it led to", async () => {
    const t = engine();
    await publishVersion(t.db, textDocument("once", ["a"]), 1, NOW);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await t.enroll("once"));
    await t.h.drain();
    await tell(t);
    const ofEach = ids.map((id) =>
      told().flatMap(({ type, data }) => (data.enrollment_id === id ? [type] : [])),
    );
    const life = ["enrollment.started", "message.sent", "enrollment.completed"];
    expect(ofEach).toEqual([life, life, life]);
    expect(await t.db.selectFrom("outgoing_sent").selectAll().execute()).toEqual([]);
  });

  test("sends that a process of an earlier release passed by", async () => {
    const t = engine();
    await t.enroll();
    await t.h.drain();
    // It goes by the lines of the history alone.
    await t.enroll();
    const last = sql<string>`(select max(id) from history)`;
    await t.db.updateTable("outgoing_cursor").set({ taken: last, horizon: last }).execute();
    await tell(t);
    expect(told().map((event) => event.type)).toEqual(["message.sent"]);
  });

  test("only of the types that are asked for", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    await pause(t.db, id, "ops", t.h.clock.now());
    await tell(t, new Set(["enrollment.paused"]));
    expect(told().map((event) => event.type)).toEqual(["enrollment.paused"]);
  });

  test("what is not taken is tried again with the same id; others do not wait for it", async () => {
    const t = engine();
    await t.enroll();
    provider.answer = json(500, {});
    await tell(t);
    await t.enroll();
    provider.answer = json(200, {});
    await tell(t);
    const ids = provider.asked.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    t.h.clock.advance({ seconds: 5 });
    await tell(t);
    expect(provider.asked.map(({ headers }) => headers["webhook-id"])[2]).toBe(ids[0]);
    expect(await t.db.selectFrom("outgoing_events").select("id").execute()).toEqual([]);
  });

  test("a subscriber that asks for time gets it", async () => {
    const t = engine();
    await t.enroll();
    provider.answer = json(429, {}, { "retry-after": "600" });
    await tell(t);
    t.h.clock.advance({ minutes: 9 });
    await tell(t);
    expect(provider.asked).toHaveLength(1);
    t.h.clock.advance({ minutes: 2 });
    await tell(t);
    expect(provider.asked).toHaveLength(2);
  });

  test("after three days it is given up, kept for a week, and forgotten", async () => {
    const t = engine();
    await t.enroll();
    provider.answer = json(410, {});
    for (let day = 0; day < 10; day++) {
      await tell(t);
      t.h.clock.advance({ hours: 25 });
    }
    expect(provider.asked).toHaveLength(10);
    const kept = await t.db.selectFrom("outgoing_events").selectAll().execute();
    expect(kept).toMatchObject([{ next_at: null, attempts: 10, error: "answered 410" }]);
    t.h.clock.advance({ days: 8 });
    await tell(t);
    expect(await t.db.selectFrom("outgoing_events").select("id").execute()).toEqual([]);
  });

  test("a redirect is not followed", async () => {
    const t = engine();
    await t.enroll();
    provider.answer = (response) => void response.writeHead(302, { location: "/else" }).end();
    await tell(t);
    expect(provider.asked.map(({ path }) => path)).toEqual(["/hook"]);
  });
});

test("a number that is drawn first and committed last is not passed over", async () => {
  const { url, drop } = await createDatabase();
  const [one, other] = [await openPostgres(url), await openPostgres(url)];
  const provider = await startProvider(json(200, {}));
  try {
    const { db } = one;
    await migrate(db);
    await publishWorkspace(db, policy, INBOXES, NOW);
    await publishVersion(db, textDocument("welcome"), 1, NOW);
    const { clock } = createHarness(db, NOW);
    const subscriber = { url: provider.url, key, types: null };
    const tell = async () => {
      clock.advance({ seconds: 2 });
      await tellSubscriber({ db, clock, log: silent, subscriber });
    };
    await tell();
    const enroll = async (trx: typeof db, contact: string) => {
      await insertContact(trx, contact, {}, NOW);
      const schedule = waitingFor("a", NOW, NOW);
      await startOne(trx, { sequence: "welcome", contact, schedule }, NOW);
    };
    // It has a number first, and the one that it waits for began first.
    const early = await other.db.startTransaction().execute();
    await sql`select pg_current_xact_id()`.execute(early);
    const slow = await other.db.startTransaction().execute();
    await enroll(slow, "first");
    await enroll(early, "second");
    await early.commit().execute();
    await enroll(db, "third");
    for (let round = 0; round < 4; round++) await tell();
    expect(provider.asked).toEqual([]);
    await slow.commit().execute();
    // Transactions of the server's other databases are waited for, too: of the tests beside this one.
    await vi.waitFor(
      async () => {
        await tell();
        const contacts = provider.asked.map(({ text }) => JSON.parse(text).data.contact_id);
        expect(contacts).toEqual(["first", "second", "third"]);
      },
      { timeout: 20_000 },
    );
  } finally {
    await provider.close();
    await one.close();
    await other.close();
    await drop();
  }
});
