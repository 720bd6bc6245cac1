import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Duration } from "../../core/language/document.ts";
import { exit } from "../../runtime/operate.ts";
import { forgetExpired } from "../../runtime/retention.ts";
import { listAudit, recordDeed } from "../../store/audit.ts";
import { takeFacts } from "../../store/outgoing.ts";
import { ensureServerSecret } from "../../store/server-secret.ts";
import { describeEngine, INBOXES, NOW, type EngineTest } from "../support/engine.ts";
import { silent } from "../support/harness.ts";
import { publishVersion, textDocument } from "../support/rows.ts";

const WEEK: Duration = { n: 7, unit: "day" };

describeEngine("retention", (engine) => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "cadenza-retention-"));
    await mkdir(join(dataDir, "outbox"));
    const once = {
      ...textDocument("once"),
      enroll: { reenroll: "never", one_per: "target" },
    } as const;
    await publishVersion(engine().db, once, 1, NOW);
    await ensureServerSecret(engine().db, NOW);
  });
  afterAll(() => rm(dataDir, { recursive: true }));
  beforeEach(async () => {
    const { db } = engine();
    await db.deleteFrom("inbound_messages").execute();
    await db.deleteFrom("events").execute();
    await db.deleteFrom("audit_log").execute();
    await db
      .updateTable("contacts")
      .set({ erased_at: new Date(NOW) })
      .execute();
    await db.deleteFrom("retention_progress").execute();
  });

  async function forget(t: EngineTest, retention: { [dataClass: string]: Duration }) {
    await t.publish(INBOXES, { retention });
    await forgetExpired({ ...t.h.execution, log: silent, dataDir });
  }
  const contact = (t: EngineTest, id: string) =>
    t.db
      .selectFrom("contacts")
      .select(["data", "erased_at"])
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
  /** Something done by hand. @returns its entry's id */
  const deed = (t: EngineTest) => {
    const key = { id: "k1", name: "ops", role: "operator" } as const;
    const what = { action: "source.suspend", subject: null, details: {} };
    return recordDeed(t.db, { key, via: "api", requestId: "r1", ...what }, t.h.clock.now());
  };
  const audited = async (t: EngineTest) => {
    const entries = await listAudit(t.db, {}, { after: null, limit: 100 });
    return entries.map(({ id }) => id);
  };
  /** One whose first step was sent, and who left then. */
  async function done(t: EngineTest, sequence = "welcome"): Promise<string> {
    const id = await t.enroll(sequence);
    await t.h.drain();
    await exit(t.db, id, "ops", "manual", t.h.clock.now());
    return id;
  }

  test("keeps everything that is not named", async () => {
    const t = engine();
    const id = await done(t);
    t.h.clock.advance({ days: 4_000 });
    await forget(t, {});
    expect(await t.messagesOf(id)).toMatchObject([{ body: "Step a" }]);
  });

  test("messages lose their content when their time is over, not what became of them", async () => {
    const t = engine();
    const id = await done(t);
    const [message] = await t.messagesOf(id);
    await writeFile(join(dataDir, "outbox", `${message!.id}.txt`), "Step a");
    t.h.clock.advance({ days: 6 });
    await forget(t, { messages: WEEK });
    expect(await t.messagesOf(id)).toMatchObject([{ body: "Step a", address: t.lastAddress }]);
    t.h.clock.advance({ days: 2 });
    const young = await done(t);
    await forget(t, { messages: WEEK });
    expect(await t.messagesOf(id)).toMatchObject([
      { state: "sent", channel: "email", body: null, subject: null, html: null, address: null },
    ]);
    expect(await t.messagesOf(young)).toMatchObject([{ body: "Step a" }]);
    expect(await readdir(join(dataDir, "outbox"))).toEqual([]);
  });

  test("a message that is still to be sent keeps its words", async () => {
    const t = engine();
    const id = await t.enroll();
    t.h.answer = { kind: "snooze", code: "busy", message: "later", afterMs: 60_000 };
    await t.h.drain();
    t.h.clock.advance({ days: 8 });
    await forget(t, { messages: WEEK });
    expect(await t.messagesOf(id)).toMatchObject([{ state: "pending", body: "Step a" }]);
  });

  test("what was to be told is given up once nobody has told anything for a week", async () => {
    const t = engine();
    await t.db.transaction().execute((trx) => takeFacts(trx, t.h.clock.now()));
    await done(t);
    const kept = () => t.db.selectFrom("outgoing_sent").selectAll().execute();
    t.h.clock.advance({ days: 6 });
    await forget(t, {});
    expect(await kept()).toHaveLength(1);
    t.h.clock.advance({ days: 2 });
    await forget(t, {});
    expect(await kept()).toEqual([]);
    expect(await t.db.selectFrom("outgoing_cursor").selectAll().execute()).toEqual([]);
  });

  test("ended enrollments go with their history; live ones stay, however old", async () => {
    const t = engine();
    const [ended, live] = [await done(t), await t.enroll()];
    await t.h.drain();
    t.h.clock.advance({ days: 8 });
    await forget(t, { history: WEEK });
    const left = await t.db.selectFrom("enrollments").select("id").execute();
    expect(left).toEqual([{ id: live }]);
    expect(await t.historyOf(ended)).toEqual([]);
    expect(await t.historyOf(live)).toContain("sent");
  });

  test("whoever may be enrolled once only is still known to have been", async () => {
    const t = engine();
    const id = await done(t, "once");
    t.h.clock.advance({ days: 8 });
    await forget(t, { history: WEEK });
    await forget(t, { history: WEEK });
    expect(await t.read(id)).toMatchObject({ state: "exited" });
    expect(await t.messagesOf(id)).toEqual([]);
    expect(await t.historyOf(id)).toEqual([]);
  });

  test("contacts are erased once nothing has been heard of them", async () => {
    const t = engine();
    await done(t);
    const quiet = t.lastContact;
    t.h.clock.advance({ days: 5 });
    await t.enroll();
    const live = t.lastContact;
    t.h.clock.advance({ days: 1 });
    await forget(t, { contacts: WEEK });
    expect(await contact(t, quiet)).toMatchObject({ data: { first_name: "Ana" } });
    t.h.clock.advance({ days: 8 });
    await forget(t, { contacts: WEEK });
    expect(await contact(t, quiet)).toEqual({ data: {}, erased_at: expect.any(Date) });
    expect(await contact(t, live)).toMatchObject({ data: { first_name: "Ana" }, erased_at: null });
  });

  test("the audit log forgets what was done long ago, and only that", async () => {
    const t = engine();
    await deed(t);
    t.h.clock.advance({ days: 6 });
    const later = await deed(t);
    await forget(t, { messages: WEEK, history: WEEK, contacts: WEEK, events: WEEK });
    expect(await audited(t)).toHaveLength(2);
    await forget(t, { audit: WEEK });
    expect(await audited(t)).toHaveLength(2);
    t.h.clock.advance({ days: 2 });
    await forget(t, { audit: WEEK });
    expect(await audited(t)).toEqual([later]);
  });

  test("events and what people wrote are forgotten", async () => {
    const t = engine();
    const at = new Date(NOW).toISOString();
    await t.db
      .insertInto("events")
      .values({
        id: "e1",
        type: "charge.paid",
        target_type: "contact",
        target_id: "c1",
        occurred_at: at,
        received_at: at,
        digest: "x",
        outcome: JSON.stringify({ enrolled: [], exited: 0 }),
      })
      .execute();
    await t.db
      .insertInto("inbound_messages")
      .values({
        id: "019cadfd-8900-7000-80f9-00000000bbbb",
        inbox_id: "mail",
        channel: "email",
        nature: "human",
        type: "text",
        body: "my own words",
        media: "[]",
        provider_id: "x",
        sent_at: at,
        received_at: at,
      })
      .execute();
    t.h.clock.advance({ days: 8 });
    await forget(t, { events: WEEK, messages: WEEK });
    expect(await t.db.selectFrom("events").select("id").execute()).toEqual([]);
    expect(await t.db.selectFrom("inbound_messages").select("id").execute()).toEqual([]);
  });
});
