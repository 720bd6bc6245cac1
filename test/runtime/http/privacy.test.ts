import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import { ensureServerSecret } from "../../../store/server-secret.ts";
import { newId } from "../../../store/ids.ts";
import { iso } from "../../../store/placement.ts";
import { deleteEnrollments, startOne, textDocument, waitingFor } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const t = useApp();
const PERSONAL = [
  "Zephyrine",
  "zephyrine@example.com",
  "+15550142",
  "Quillfeather",
  "my own secret",
];

/** Everything that the database holds, as text. */
async function dump(): Promise<string> {
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public'
  `.execute(t.db);
  const parts = [];
  for (const { name } of tables.rows) {
    const rows = await sql<{
      row: string;
    }>`select t::text as row from ${sql.table(name)} t`.execute(t.db);
    parts.push(...rows.rows.map(({ row }) => row));
  }
  return parts.join("\n");
}

async function someone(id: string): Promise<string> {
  const now = t.clock.now();
  const data = { first_name: "Zephyrine", email: "Zephyrine@example.com", phone: "+15550142" };
  await t.call("PUT", `/v1/contacts/${id}`, data);
  await t.call("PUT", `/v1/charges/ch-${id}`, { contact_id: id, number: "Quillfeather" });
  const schedule = waitingFor("a", now, now);
  const enrollment = (await startOne(t.db, { sequence: "told", contact: id, schedule }, now))!;
  await t.db
    .insertInto("messages")
    .values({
      id: `019cadfd-8900-7000-80f9-${String(Date.parse(iso(now)) % 1e9).padStart(12, "0")}`,
      enrollment_id: enrollment,
      step_id: "a",
      attempt: 1,
      state: "sent",
      channel: "email",
      inbox_id: "mail",
      address: "Zephyrine@example.com",
      subject: "Hi Zephyrine",
      body: "Hi Zephyrine",
      html: "<p>Zephyrine</p>",
      error: "550 zephyrine@example.com",
      due_at: iso(now),
      created_at: iso(now),
      updated_at: iso(now),
    })
    .execute();
  await t.db
    .insertInto("drafts")
    .values({
      id: newId(now),
      enrollment_id: enrollment,
      step_id: "a",
      attempt: 1,
      state: "ready",
      compose: "ai_full",
      channel: "email",
      inbox_id: "mail",
      address: "Zephyrine@example.com",
      static_body: "Hi Zephyrine",
      body: "Dear Zephyrine",
      prompt: JSON.stringify([{ role: "user", content: "Quillfeather" }]),
      due_at: iso(now),
      expires_at: iso(now),
      created_at: iso(now),
    })
    .execute();
  await t.db
    .insertInto("inbound_messages")
    .values({
      id: "019cadfd-8900-7000-80f9-00000000aaaa",
      inbox_id: "mail",
      channel: "email",
      contact_id: id,
      address: "zephyrine@example.com",
      nature: "human",
      type: "text",
      body: "my own secret",
      media: "[]",
      provider_id: "x",
      sent_at: iso(now),
      received_at: iso(now),
    })
    .execute();
  return enrollment;
}

describe("a person's data", () => {
  beforeEach(async () => {
    await ensureServerSecret(t.db, t.clock.now());
    await deleteEnrollments(t.db);
    for (const table of ["inbound_messages", "targets", "suppressions"] as const) {
      await t.db.deleteFrom(table).execute();
    }
    await t.db.deleteFrom("contacts").execute();
    const known = await t.db.selectFrom("sequences").where("id", "=", "told").execute();
    if (known.length === 0) await t.publish(textDocument("told"));
  });

  test("is exported whole", async () => {
    const enrollment = await someone("z1");
    await t.call("POST", "/v1/suppressions", { channel: "sms", address: "+15550142" });
    const { status, body } = await t.call("GET", "/v1/contacts/z1", undefined, { role: "viewer" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: "z1",
      first_name: "Zephyrine",
      targets: [{ type: "charge", id: "ch-z1", data: { number: "Quillfeather" } }],
      enrollments: [{ id: enrollment, sequence: "told" }],
      messages: [{ subject: "Hi Zephyrine", text: "Hi Zephyrine" }],
      drafts: [{ body: "Dear Zephyrine", prompt: [{ content: "Quillfeather" }] }],
      inbound_messages: [{ text: "my own secret" }],
      suppressions: [{ channel: "sms", address: "+15550142" }],
    });
    expect(body.enrollments[0].history[0]).toMatchObject({ type: "enrolled" });
  });

  test("is erased whole: nothing of it is left anywhere in the database", async () => {
    const enrollment = await someone("z2");
    await t.call("POST", "/v1/suppressions", {
      channel: "email",
      address: "zephyrine@example.com",
    });
    const before = await dump();
    for (const part of PERSONAL) expect(before.toLowerCase()).toContain(part.toLowerCase());
    expect((await t.call("DELETE", "/v1/contacts/z2")).status).toBe(204);
    const after = (await dump()).toLowerCase();
    for (const part of PERSONAL) expect(after).not.toContain(part.toLowerCase());
    expect((await t.call("GET", "/v1/contacts/z2")).status).toBe(404);
    expect((await t.call("DELETE", "/v1/contacts/z2")).status).toBe(404);
    const { body } = await t.call("GET", `/v1/enrollments/${enrollment}`);
    expect(body).toMatchObject({ state: "exited" });
    expect(body.messages).toMatchObject([{ state: "sent", text: null, address: null }]);
  });

  test("is gone, but an opt-out holds when the same address comes again", async () => {
    await someone("z3");
    for (const channel of ["email", "sms"]) {
      const address = channel === "email" ? "zephyrine@example.com" : "+15550142";
      await t.call("POST", "/v1/suppressions", { channel, address });
    }
    await t.call("DELETE", "/v1/contacts/z3");
    expect(
      (await t.call("GET", "/v1/suppressions?address=zephyrine@example.com")).body.data,
    ).toEqual([]);
    await t.call("PUT", "/v1/contacts/z4", { email: "ZEPHYRINE@example.com", phone: "+15550142" });
    const { body } = await t.call("GET", "/v1/suppressions");
    expect(body.data.map(({ address }: { address: string }) => address).toSorted()).toEqual([
      "+15550142",
      "zephyrine@example.com",
    ]);
  });

  test("one that does not exist cannot be erased, nor by a key that may not", async () => {
    expect((await t.call("DELETE", "/v1/contacts/nobody")).status).toBe(404);
    await someone("z5");
    for (const role of ["viewer", "enroller", "approver"] as const) {
      expect((await t.call("DELETE", "/v1/contacts/z5", undefined, { role })).status).toBe(403);
    }
  });
});
