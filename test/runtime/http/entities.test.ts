import { beforeAll, describe, expect, it } from "vitest";
import type { CanonicalDocument } from "../../../core/language/document.ts";
import { NOW } from "../../core/enrollment/fixtures.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const http = useApp();

function dated(id: string, extra: Partial<CanonicalDocument> = {}): CanonicalDocument {
  const [step] = textDocument(id).steps;
  const wait = {
    kind: "relative",
    n: 3,
    unit: "day",
    side: "before",
    variable: "charge.due_on",
  } as const;
  return {
    ...textDocument(id),
    target: "charge",
    steps: [{ ...step!, wait, at: "09:00" }],
    ...extra,
  };
}

beforeAll(async () => {
  await http.publish(dated("reminder"));
  await http.publish({
    ...textDocument("support"),
    target: "conversation",
    exit: { events: ["conversation_resolved"] },
  });
  await http.publish({ ...textDocument("stubborn"), target: "conversation" });
  await http.publish(dated("until-paid", { exit: { events: ["charge.paid"] } }));
  await http.call("PUT", "/v1/contacts/c1", { first_name: "Ana" });
});

describe("PUT /v1/contacts/:id", () => {
  it("creates, then merges: given fields replace, null clears, custom merges per key", async () => {
    const made = await http.call("PUT", "/v1/contacts/m", {
      first_name: "Ana",
      company: "Acme",
      custom: { plan: "basic", visits: 4, tags: ["a"] },
    });
    expect(made.status).toBe(201);
    const merged = await http.call("PUT", "/v1/contacts/m", {
      company: null,
      last_name: "Souza",
      custom: { plan: null, visits: 5 },
    });
    expect(merged.status).toBe(200);
    expect(merged.body).toEqual({
      id: "m",
      first_name: "Ana",
      last_name: "Souza",
      custom: { visits: 5, tags: ["a"] },
      updated_at: new Date(NOW).toISOString(),
    });
    expect((await http.call("GET", "/v1/contacts/m")).body).toMatchObject(merged.body);
  });

  it("takes nulls on a new contact for nothing", async () => {
    await http.call("PUT", "/v1/contacts/nulls", { name: null, custom: { a: null } });
    const { data } = await http.db
      .selectFrom("contacts")
      .select("data")
      .where("id", "=", "nulls")
      .executeTakeFirstOrThrow();
    expect(data).toEqual({ custom: {} });
    expect((await http.call("GET", "/v1/contacts/nulls")).body).toEqual({
      id: "nulls",
      updated_at: expect.any(String),
      targets: [],
      drafts: [],
      enrollments: [],
      messages: [],
      inbound_messages: [],
      suppressions: [],
    });
  });

  it("keeps both of two merges at once", async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        http.call("PUT", "/v1/contacts/many", { custom: { [`k${n}`]: n } }),
      ),
    );
    const { body } = await http.call("GET", "/v1/contacts/many");
    expect(Object.keys(body.custom)).toHaveLength(10);
  });

  it.each([
    [{ phone: "+55 (11) 98765-4321" }, { phone: "+5511987654321" }],
    [{ phone: "+15550100" }, { phone: "+15550100" }],
    [{ email: "  ana.souza+x@example.com " }, { email: "ana.souza+x@example.com" }],
    [{ language: "pt_br" }, { language: "pt-BR" }],
    [{ timezone: "Mars/Olympus" }, { timezone: "Mars/Olympus" }],
  ])("takes %j as %j", async (given, kept) => {
    expect((await http.call("PUT", "/v1/contacts/forms", given)).body).toMatchObject(kept);
  });

  it.each([
    [{ email: "ana@example.com, eve@example.com" }, "/email"],
    [{ email: "Ana <ana@example.com>" }, "/email"],
    [{ email: "ana@example.com\r\nBcc: eve@example.com" }, "/email"],
    [{ email: "ana" }, "/email"],
    [{ email: "ana@exa mple.com" }, "/email"],
    [{ email: `${"a".repeat(250)}@example.com` }, "/email"],
    [{ phone: "11 98765 4321" }, "/phone"],
    [{ phone: "+1" }, "/phone"],
    [{ phone: "ana" }, "/phone"],
    [{ phone: 15550100 }, "/phone"],
    [{ language: "portuguese of brazil" }, "/language"],
    [{ id: "other" }, "/id"],
    [{ custom: { a: { b: 1 } } }, "/custom/a"],
    [{ custom: { a: [1] } }, "/custom/a/0"],
    [{ custom: [] }, "/custom"],
    [{ name: "x".repeat(10_001) }, "/name"],
  ])("refuses %j", async (given, path) => {
    const answer = await http.call("PUT", "/v1/contacts/refused", given);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect((await http.call("GET", "/v1/contacts/refused")).status).toBe(404);
  });

  it("asks whether another field was meant", async () => {
    const { body } = await http.call("PUT", "/v1/contacts/x", { emial: "a@example.com", shoe: 1 });
    expect(body.errors).toEqual([
      {
        in: "body",
        path: "/emial",
        message: "there is no such field",
        hint: "did you mean email?",
      },
      { in: "body", path: "/shoe", message: "there is no such field" },
    ]);
  });
});

describe("custom attributes", () => {
  beforeAll(async () => {
    const declared = {
      commit_sha: "0".repeat(40),
      created_at: new Date(NOW),
      options: null,
      description: null,
    };
    await http.db
      .insertInto("custom_attributes")
      .values([
        { ...declared, entity: "contact", key: "birthday", type: "date" },
        { ...declared, entity: "contact", key: "visits", type: "number" },
        { ...declared, entity: "contact", key: "site", type: "link" },
        { ...declared, entity: "contact", key: "tags", type: "list" },
        { ...declared, entity: "contact", key: "vip", type: "boolean" },
      ])
      .execute();
    http.clock.advance(2_000);
  });

  it("takes values of their type, and null", async () => {
    const custom = {
      birthday: "1990-02-28",
      visits: 3,
      site: "https://example.com",
      tags: ["a"],
      vip: true,
      other: 1,
    };
    const answer = await http.call("PUT", "/v1/contacts/typed", { custom });
    expect(answer.body.custom).toEqual(custom);
    expect(
      (await http.call("PUT", "/v1/contacts/typed", { custom: { birthday: null } })).status,
    ).toBe(200);
  });

  it.each([
    ["birthday", "1990-02-30"],
    ["birthday", 5],
    ["visits", "3"],
    ["site", "javascript:alert(1)"],
    ["tags", "a"],
    ["vip", "yes"],
  ])("refuses %s = %j", async (key, value) => {
    const answer = await http.call("PUT", "/v1/contacts/typed", { custom: { [key]: value } });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe(`/custom/${key}`);
  });

  it("are listed", async () => {
    const { body } = await http.call("GET", "/v1/attributes");
    expect(body.data[0]).toMatchObject({
      entity: "contact",
      key: "birthday",
      type: "date",
      options: null,
    });
  });
});

describe("PUT of a target", () => {
  it.each([
    [
      "conversations",
      { inbox: "mail", status: "open", subject: "Hello", last_inbound_at: "2026-03-01T10:00:00Z" },
    ],
    [
      "deals",
      {
        title: "Boat",
        value: 10.5,
        currency: "eur",
        status: "open",
        expected_close_on: "2026-05-01",
      },
    ],
    [
      "appointments",
      { title: "Visit", starts_at: "2026-03-04T10:00:00+01:00", status: "scheduled" },
    ],
    [
      "charges",
      {
        number: "1",
        amount: 12,
        currency: "EUR",
        due_on: "2026-03-12",
        status: "pending",
        payment_url: "https://pay.example.com/1",
      },
    ],
  ])("%s", async (path, fields) => {
    const url = `/v1/${path}/t1`;
    const made = await http.call("PUT", url, { contact_id: "c1", ...fields, custom: { a: 1 } });
    expect(made.status).toBe(201);
    const { currency, ...others } = fields as { currency?: string };
    expect(made.body).toMatchObject({ id: "t1", contact_id: "c1", custom: { a: 1 }, ...others });
    if (currency !== undefined) expect(made.body.currency).toBe("EUR");
    const merged = await http.call("PUT", url, { custom: { b: 2 } });
    expect(merged.status).toBe(200);
    expect(merged.body.custom).toEqual({ a: 1, b: 2 });
    expect((await http.call("GET", url)).body).toEqual(merged.body);
  });

  it.each([
    [{}, 422, "contact-missing"],
    [{ contact_id: "nobody" }, 422, "unknown-contact"],
    [{ contact_id: 5 }, 400, "invalid-request"],
    [{ contact_id: "c1", due_on: "2026-02-30" }, 400, "invalid-request"],
    [{ contact_id: "c1", due_on: "12/03/2026" }, 400, "invalid-request"],
    [{ contact_id: "c1", amount: "12" }, 400, "invalid-request"],
    [{ contact_id: "c1", status: "payed" }, 400, "invalid-request"],
    [{ contact_id: "c1", payment_url: "javascript:alert(1)" }, 400, "invalid-request"],
    [{ contact_id: "c1", currency: "euros" }, 400, "invalid-request"],
  ])("refuses %j", async (body, status, problem) => {
    const answer = await http.call("PUT", "/v1/charges/bad", body);
    expect(answer.status).toBe(status);
    expect(answer.body.type).toBe(`urn:cadenza:problem:${problem}`);
  });

  it("refuses a datetime without its offset", async () => {
    const answer = await http.call("PUT", "/v1/appointments/bad", {
      contact_id: "c1",
      starts_at: "2026-03-04T10:00",
    });
    expect(answer.body.errors[0]).toMatchObject({
      path: "/starts_at",
      message: expect.stringContaining("offset"),
    });
  });

  it("stays with its contact", async () => {
    await http.call("PUT", "/v1/contacts/c2", {});
    const answer = await http.call("PUT", "/v1/charges/t1", { contact_id: "c2" });
    expect(answer.status).toBe(409);
  });
});

describe("enrollments follow their data", () => {
  async function enroll(sequence: string, type: string, id: string, data: object): Promise<string> {
    const { body } = await http.call("POST", "/v1/enrollments", {
      sequence,
      target: { type, id },
      contact: { id: "c1" },
      data,
    });
    return body.id;
  }
  const read = async (id: string) => (await http.call("GET", `/v1/enrollments/${id}`)).body;
  const types = (enrollment: { history: { type: string }[] }) =>
    enrollment.history.map((entry) => entry.type);

  it("a date that moved moves the step", async () => {
    const id = await enroll("reminder", "charge", "moves", { due_on: "2026-03-12" });
    await http.call("PUT", "/v1/charges/moves", { due_on: "2026-03-20" });
    const moved = await read(id);
    expect(moved.next_due_at).toBe("2026-03-17T09:00:00.000Z");
    expect(types(moved)).toEqual(["enrolled", "scheduled", "rescheduled"]);
  });

  it("a date that moved into the past passes the step over", async () => {
    const id = await enroll("reminder", "charge", "back", { due_on: "2026-03-12" });
    await http.call("PUT", "/v1/charges/back", { due_on: "2026-03-03" });
    expect(await read(id)).toMatchObject({
      state: "completed",
      messages: [{ state: "skipped", reason: "past" }],
    });
  });

  it("data that changes no time moves nothing", async () => {
    const id = await enroll("reminder", "charge", "still", { due_on: "2026-03-12" });
    await http.call("PUT", "/v1/charges/still", { number: "77" });
    await http.call("PUT", "/v1/contacts/c1", { first_name: "Bea" });
    expect(types(await read(id))).toEqual(["enrolled", "scheduled"]);
  });

  it("a date that arrives releases what was held for it", async () => {
    const id = await enroll("reminder", "charge", "arrives", {});
    expect((await read(id)).reason).toBe("blank: charge.due_on");
    await http.call("PUT", "/v1/charges/arrives", { number: "78" });
    expect((await read(id)).state).toBe("held");
    await http.call("PUT", "/v1/charges/arrives", { due_on: "2026-03-12" });
    const released = await read(id);
    expect(released).toMatchObject({
      state: "active",
      next_due_at: "2026-03-09T09:00:00.000Z",
      reason: null,
    });
    expect(types(released)).toEqual(["enrolled", "held", "released"]);
  });

  it("a date that is cleared holds the step", async () => {
    const id = await enroll("reminder", "charge", "cleared", { due_on: "2026-03-12" });
    await http.call("PUT", "/v1/charges/cleared", { due_on: null });
    expect(await read(id)).toMatchObject({ state: "held", reason: "blank: charge.due_on" });
  });

  it("moves a paused one too, which stays paused", async () => {
    const id = await enroll("reminder", "charge", "paused", { due_on: "2026-03-12" });
    await http.call("POST", `/v1/enrollments/${id}/pause`);
    await http.call("PUT", "/v1/charges/paused", { due_on: "2026-03-20" });
    expect(await read(id)).toMatchObject({
      state: "paused",
      next_due_at: "2026-03-17T09:00:00.000Z",
    });
  });

  it("merging through an enrollment counts alike", async () => {
    const id = await enroll("reminder", "charge", "again", { due_on: "2026-03-12" });
    await enroll("reminder", "charge", "again", { due_on: "2026-03-20" });
    expect((await read(id)).next_due_at).toBe("2026-03-17T09:00:00.000Z");
  });

  it("is due now, not skipped, where a step was already due when it was held", async () => {
    const id = await enroll("support", "conversation", "late", { inbox: "mail", status: "open" });
    await http.db
      .updateTable("enrollments")
      .set({ state: "held", reason: "blank: contact.company", next_due_at: null, expires_at: null })
      .where("id", "=", id)
      .execute();
    http.clock.advance(3_600_000);
    await http.call("PUT", "/v1/contacts/c1", { company: "Acme" });
    const released = await read(id);
    expect(released).toMatchObject({ state: "active", next_step: "a" });
    expect(Date.parse(released.next_due_at)).toBeLessThanOrEqual(http.clock.now());
    expect(released.messages).toEqual([]);
    await http.call("POST", `/v1/enrollments/${id}/exit`);
  });

  it("a resolved conversation exits those that say so", async () => {
    const leaves = await enroll("support", "conversation", "talk", {
      inbox: "mail",
      status: "open",
    });
    const stays = await enroll("stubborn", "conversation", "talk", {});
    await http.call("PUT", "/v1/conversations/talk", { status: "snoozed" });
    expect((await read(leaves)).state).toBe("active");
    await http.call("PUT", "/v1/conversations/talk", { status: "resolved" });
    expect(await read(leaves)).toMatchObject({ state: "exited", reason: "conversation_resolved" });
    expect((await read(stays)).state).toBe("active");
    const again = await enroll("support", "conversation", "talk", {});
    await http.call("PUT", "/v1/conversations/talk", { status: "resolved" });
    expect((await read(again)).state).toBe("active");
  });

  it("any status can be an exit", async () => {
    const id = await enroll("until-paid", "charge", "pays", {
      due_on: "2026-03-30",
      status: "pending",
    });
    await http.call("PUT", "/v1/charges/pays", { status: "paid" });
    expect(await read(id)).toMatchObject({ state: "exited", reason: "charge.paid" });
  });
});
