import { beforeAll, describe, expect, it } from "vitest";
import type { CanonicalDocument } from "../../../core/language/document.ts";
import { NOW } from "../../core/enrollment/fixtures.ts";
import { textDocument } from "../../support/rows.ts";
import { ROLES, useApp } from "./harness.ts";

const http = useApp();
const source = { file: "sequences/billing.yaml", line: 3 };

const billing: CanonicalDocument = {
  format: 1,
  id: "billing",
  target: "charge",
  exit: { goal: 'charge.status == "paid"' },
  steps: [
    {
      id: "notice",
      wait: { kind: "relative", n: 3, unit: "day", side: "before", variable: "charge.due_on" },
      at: "09:30",
      channel: "email",
      content: {
        type: "text",
        subject: "Charge {{ charge.number }}",
        body: "Hi {{ contact.first_name }}, stop: {{ unsubscribe_url }}",
      },
      source,
    },
    {
      id: "text",
      wait: { kind: "after", n: 1, unit: "day" },
      channel: "sms",
      content: { type: "text", body: "{{ contact.company }} owes {{ charge.number }}" },
      source,
    },
  ],
};

beforeAll(async () => {
  await http.publish(billing, 2);
  await http.publish({ ...textDocument("news"), purpose: "marketing" });
  const data = {
    first_name: "Ana",
    email: "ana@example.com",
    phone: "+12025550141",
    timezone: "Europe/Lisbon",
  };
  await http.call("PUT", "/v1/contacts/ana", data);
  await http.call("PUT", "/v1/contacts/ben", { first_name: "Ben" });
  await http.call("PUT", "/v1/charges/ch_1", {
    contact_id: "ana",
    number: "1",
    due_on: "2026-01-01",
  });
  http.clock.advance(1_000);
  await http.call("PUT", "/v1/charges/ch_2", {
    contact_id: "ana",
    number: "2",
    due_on: "2027-01-15",
  });
  await http.call("PUT", "/v1/conversations/talk", {
    contact_id: "ana",
    inbox: "wa",
    status: "open",
    last_inbound_at: new Date(NOW).toISOString(),
  });
});

const preview = (body: object, role: (typeof ROLES)[number] = "viewer") =>
  http.call("POST", "/v1/preview", body, { role });

describe("POST /v1/preview", () => {
  it("shows the active version for a contact's target, in the shape that the command line prints", async () => {
    const { status, body } = await preview({
      sequence: "billing",
      target: { type: "charge", id: "ch_2" },
      start: "2027-01-02T09:00:00Z",
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sequence: "billing",
      version: 2,
      persona: "ana",
      target: { type: "charge", id: "ch_2" },
    });
    expect(Object.keys(body.steps[0]).slice(0, 12)).toEqual([
      "step",
      "due_at",
      "channel",
      "inbox",
      "reason",
      "skipped",
      "subject",
      "text",
      "html",
      "segments",
      "template",
      "diagnostics",
    ]);
    expect(body.steps[0]).toMatchObject({
      step: "notice",
      channel: "email",
      to: "ana@example.com",
      subject: "Charge 2",
      diagnostics: [],
    });
    expect(body.steps[0].due_at).toMatch(/^2027-01-12T09:30:00/);
    expect(body.steps[1]).toMatchObject({
      step: "text",
      reason: "held until contact.company is known",
      diagnostics: [{ rule: "blank-variable", file: source.file, line: source.line }],
    });
  });

  it("takes the contact's latest target where none is named", async () => {
    const { body } = await preview({ sequence: "billing", contact: "ana" });
    expect(body.target).toEqual({ type: "charge", id: "ch_2" });
    expect(body.start).toMatch(/^2\d{3}-/);
  });

  it("without a sequence tells what drafts are rendered with, and nothing more", async () => {
    const { status, body } = await preview({ contact: "ana", target: { type: "charge" } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ sequence: null, version: null, steps: [] });
    expect(body.known).toMatchObject({
      contact_id: "ana",
      contact: { first_name: "Ana", email: "ana@example.com" },
      target_id: "ch_2",
      target: { number: "2" },
      agent: null,
      conversations: [{ id: "talk", data: { inbox: "wa" } }],
      suppressions: [],
    });
  });

  it("knows who has opted out", async () => {
    const opted = { channel: "email", address: "ana@example.com", purpose: "marketing" };
    await http.call("POST", "/v1/suppressions", opted);
    const { body } = await preview({ sequence: "news", contact: "ana" });
    expect(body.steps[0]).toMatchObject({
      skipped: "exit: opted_out",
      reason: "the contact has opted out",
    });
    expect(body.known.suppressions).toEqual([{ channel: "email", purpose: "marketing" }]);
    const { body: transactional } = await preview({
      sequence: "billing",
      contact: "ana",
      start: "2027-01-02T09:00:00Z",
    });
    expect(transactional.steps[0].channel).toBe("email");
  });

  it("holds no link that works, and writes nothing", async () => {
    const before = await http.call("GET", "/v1/enrollments");
    const { body, text } = await preview({
      sequence: "billing",
      contact: "ana",
      start: "2027-01-02T09:00:00Z",
    });
    expect(body.steps[0].text).toContain("https://example.com/u/preview");
    expect(text).not.toMatch(/credentials|CADENZA_SECRET/);
    expect((await http.call("GET", "/v1/enrollments")).body).toEqual(before.body);
  });

  it.each([
    [{ sequence: "biling", contact: "ana" }, 404, "did you mean billing?"],
    [{ sequence: "billing", contact: "nobody" }, 422, "no contact nobody"],
    [{ sequence: "billing", contact: "ben" }, 422, "Contact ben has no charge"],
    [{ sequence: "billing", target: { type: "charge", id: "none" } }, 422, "no charge none"],
    [{ sequence: "billing", target: { type: "deal", id: "d" } }, 422, "is about a charge"],
    [
      { sequence: "billing", contact: "ben", target: { type: "charge", id: "ch_1" } },
      422,
      "belongs to contact ana",
    ],
    [{ sequence: "billing" }, 422, "Say who"],
    [{ contact: "ana", start: "tomorrow" }, 400, "/start"],
    [{ contact: "ana", start: "2027-01-02T09:00:00" }, 400, "offset"],
    [{ contact: "ana", document: {} }, 400, "document"],
    [{ contact: "a\u0000" }, 400, "NUL character"],
  ])("refuses %j", async (body, status, words) => {
    const answer = await preview(body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  it("takes any role, and no more than a body's size", async () => {
    for (const role of ROLES) {
      expect((await preview({ contact: "ana" }, role)).status, role).toBe(200);
    }
    const anonymous = await http.app.inject({ method: "POST", url: "/v1/preview", payload: {} });
    expect(anonymous.statusCode).toBe(401);
    expect((await preview({ contact: "a".repeat(2 << 20) })).status).toBe(413);
  });
});
