import { beforeAll, describe, expect, it } from "vitest";
import type { CanonicalStep } from "../../../core/language/document.ts";
import { DAY, HOUR, NOW } from "../../core/enrollment/fixtures.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const http = useApp();
const iso = (instant: number) => new Date(instant).toISOString();

beforeAll(async () => {
  await http.publish(textDocument("welcome"));
  await http.publish({ ...textDocument("once"), enroll: { reenroll: "never" } });
  await http.publish({ ...textDocument("billing"), target: "charge" });
  await http.publish({
    ...textDocument("per-person"),
    target: "charge",
    enroll: { one_per: "contact" },
  });
  await http.publish({ ...textDocument("reminder"), target: "charge", steps: [beforeDue] });
  await http.publish(textDocument("gone"));
  await http.db
    .updateTable("sequences")
    .set({ state: "retired" })
    .where("id", "=", "gone")
    .execute();
});

const beforeDue: CanonicalStep = {
  ...textDocument("x").steps[0]!,
  id: "before",
  wait: { kind: "relative", n: 3, unit: "day", side: "before", variable: "charge.due_on" },
  at: "09:00",
};

const contact = (id: string) => ({
  sequence: "welcome",
  target: { type: "contact", id },
  contact: { first_name: "Ana" },
});
const charge = (sequence: string, id: string, contactId: string, data: object = {}) => ({
  sequence,
  target: { type: "charge", id },
  contact: { id: contactId },
  data: { number: "1", ...data },
});

describe("POST /v1/enrollments", () => {
  it("pins the active version and tells what comes next", async () => {
    const { status, body } = await http.call("POST", "/v1/enrollments", contact("new"));
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sequence: "welcome",
      version: 1,
      state: "active",
      next_step: "a",
      next_due_at: iso(NOW),
    });
    expect(http.woken.dispatcher).toBeGreaterThan(0);
  });

  it("merges contact and data in the same transaction", async () => {
    await http.call("PUT", "/v1/contacts/merge", {
      first_name: "Old",
      company: "Acme",
      custom: { a: 1, b: 2 },
    });
    await http.call("POST", "/v1/enrollments", {
      ...charge("billing", "merge", "merge", { due_on: "2026-03-10" }),
      contact: { id: "merge", first_name: "New", company: null, custom: { b: 3 } },
    });
    const merged = await http.call("GET", "/v1/contacts/merge");
    expect(merged.body).toMatchObject({ first_name: "New", custom: { a: 1, b: 3 } });
    expect(merged.body).not.toHaveProperty("company");
    const target = await http.call("GET", "/v1/charges/merge");
    expect(target.body).toMatchObject({ contact_id: "merge", number: "1", due_on: "2026-03-10" });
  });

  it("answers the live one with 200, and merges what came", async () => {
    const first = await http.call("POST", "/v1/enrollments", contact("twice"));
    const second = await http.call("POST", "/v1/enrollments", {
      ...contact("twice"),
      contact: { first_name: "Bea" },
    });
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    expect((await http.call("GET", "/v1/contacts/twice")).body.first_name).toBe("Bea");
  });

  it("enrolls again after the end, unless the sequence says never", async () => {
    for (const [sequence, status] of [
      ["welcome", 201],
      ["once", 409],
    ] as const) {
      const request = { ...contact("again"), sequence };
      const first = await http.call("POST", "/v1/enrollments", request);
      await http.call("POST", `/v1/enrollments/${first.body.id}/exit`);
      const again = await http.call("POST", "/v1/enrollments", {
        ...request,
        contact: { first_name: sequence },
      });
      expect(again.status).toBe(status);
    }
    expect((await http.call("GET", "/v1/contacts/again")).body.first_name).toBe("Ana");
  });

  it("knows one enrollment a contact where the sequence says so", async () => {
    const first = await http.call("POST", "/v1/enrollments", charge("per-person", "p1", "person"));
    const second = await http.call("POST", "/v1/enrollments", charge("per-person", "p2", "person"));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.id).toBe(first.body.id);
  });

  it("counts the first step from start_at", async () => {
    const start = iso(NOW + 2 * DAY);
    const { body } = await http.call("POST", "/v1/enrollments", {
      ...contact("later"),
      start_at: start,
    });
    expect(body.next_due_at).toBe(start);
  });

  it("schedules a step before a date of the data that came along", async () => {
    const request = charge("reminder", "dated", "dated", { due_on: "2026-03-12" });
    const { body } = await http.call("POST", "/v1/enrollments", request);
    expect(body).toMatchObject({ state: "active", next_due_at: "2026-03-09T09:00:00.000Z" });
  });

  it("holds where the date is missing", async () => {
    const { body } = await http.call(
      "POST",
      "/v1/enrollments",
      charge("reminder", "undated", "undated"),
    );
    expect(body).toMatchObject({ state: "held", next_step: "before", next_due_at: null });
  });

  it("completes at once where every step lies in the past", async () => {
    const request = charge("reminder", "past", "past", { due_on: "2026-03-01" });
    const { status, body } = await http.call("POST", "/v1/enrollments", request);
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: "completed", next_step: null });
  });

  it.each([
    ["unknown-sequence", 404, { ...contact("x"), sequence: "welcom" }, "did you mean welcome?"],
    ["retired-sequence", 409, { ...contact("x"), sequence: "gone" }, "retired"],
    ["wrong-target-type", 422, { ...contact("x"), sequence: "billing" }, "about a charge"],
    [
      "unknown-contact",
      422,
      { sequence: "welcome", target: { type: "contact", id: "nobody" } },
      "nobody",
    ],
    [
      "unknown-target",
      422,
      { sequence: "billing", target: { type: "charge", id: "none" } },
      "`data`",
    ],
    [
      "unknown-target",
      422,
      { sequence: "billing", target: { type: "charge", id: "none" }, contact: { id: "c" } },
      "`data`",
    ],
    [
      "contact-missing",
      422,
      { sequence: "billing", target: { type: "charge", id: "none" }, data: {} },
      "contact_id",
    ],
    ["contact-mismatch", 422, { ...contact("x"), contact: { id: "y" } }, "two contacts"],
    ["contact-mismatch", 422, charge("billing", "none", "a", { contact_id: "b" }), "two contacts"],
  ])("refuses: %s", async (problem, status, request, detail) => {
    const answer = await http.call("POST", "/v1/enrollments", request);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body).toMatchObject({
      type: `urn:cadenza:problem:${problem}`,
      status,
      instance: "/v1/enrollments",
      detail: expect.stringContaining(detail),
    });
  });

  it("changes nothing when it refuses", async () => {
    const request = { ...charge("welcome", "trace", "trace-contact") };
    expect((await http.call("POST", "/v1/enrollments", request)).status).toBe(422);
    expect((await http.call("GET", "/v1/contacts/trace-contact")).status).toBe(404);
    expect((await http.call("GET", "/v1/charges/trace")).status).toBe(404);
  });

  it("keeps a charge with its contact", async () => {
    await http.call("POST", "/v1/enrollments", charge("billing", "owned", "owner"));
    const answer = await http.call("POST", "/v1/enrollments", charge("billing", "owned", "thief"));
    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe("urn:cadenza:problem:other-contact");
  });

  it("tells every field that is wrong", async () => {
    const { status, body } = await http.call("POST", "/v1/enrollments", {
      ...contact("wrong"),
      contact: { email: "ana@x.com, eve@x.com", phone: "12", language: "??" },
      start_at: "tomorrow",
    });
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path).toSorted()).toEqual([
      "/contact/email",
      "/contact/language",
      "/contact/phone",
      "/start_at",
    ]);
  });

  it("assigns an agent", async () => {
    const { body } = await http.call("POST", "/v1/enrollments", {
      ...contact("assigned"),
      agent: { id: "agent-1", name: "Rita" },
    });
    const detail = await http.call("GET", `/v1/enrollments/${body.id}`);
    expect(detail.body.agent_id).toBe("agent-1");
    expect((await http.call("GET", "/v1/agents/agent-1")).body.name).toBe("Rita");
  });

  it("gathers requests that arrive together, duplicates too", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        http.call("POST", "/v1/enrollments", contact(`burst-${index % 20}`)),
      ),
    );
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(20);
  });
});

describe("Idempotency-Key", () => {
  const headers = { "idempotency-key": "retry-1" };

  it("answers a retry with the first answer", async () => {
    const first = await http.call("POST", "/v1/enrollments", contact("idem"), { headers });
    http.clock.advance(HOUR);
    const retry = await http.call("POST", "/v1/enrollments", contact("idem"), { headers });
    expect(first.status).toBe(201);
    expect(retry.status).toBe(201);
    expect(retry.body).toEqual(first.body);
    expect(retry.headers["idempotency-replayed"]).toBe("true");
  });

  it("refuses the key with another body", async () => {
    const other = await http.call("POST", "/v1/enrollments", contact("idem-2"), { headers });
    expect(other.status).toBe(422);
    expect(other.body.type).toBe("urn:cadenza:problem:idempotency-key-reused");
    expect((await http.call("GET", "/v1/contacts/idem-2")).status).toBe(404);
  });

  it("counts per API key", async () => {
    const options = { headers, role: "enroller" } as const;
    const other = await http.call("POST", "/v1/enrollments", contact("idem-3"), options);
    expect(other.status).toBe(201);
  });

  it("lets a refused request try again", async () => {
    const again = { "idempotency-key": "retry-2" };
    const request = { sequence: "welcome", target: { type: "contact", id: "idem-4" } };
    const refused = await http.call("POST", "/v1/enrollments", request, { headers: again });
    expect(refused.status).toBe(422);
    await http.call("PUT", "/v1/contacts/idem-4", {});
    const retry = await http.call("POST", "/v1/enrollments", request, { headers: again });
    expect(retry.status).toBe(201);
  });

  it("serves requests at once with one key: one begins, the other is its retry or is refused", async () => {
    const same = { "idempotency-key": "at-once" };
    const [one, two, three] = await Promise.all([
      http.call("POST", "/v1/enrollments", contact("once-a"), { headers: same }),
      http.call("POST", "/v1/enrollments", contact("once-a"), { headers: same }),
      http.call("POST", "/v1/enrollments", contact("once-b"), { headers: same }),
    ]);
    expect([one.status, two.status, three.status]).toEqual([201, 201, 422]);
    expect(two.body).toEqual(one.body);
  });
});

describe("reading", () => {
  it("pages through a list, the newest first", async () => {
    for (let n = 0; n < 5; n++)
      await http.call("POST", "/v1/enrollments", charge("billing", `page-${n}`, "pager"));
    const seen: string[] = [];
    let cursor = "";
    do {
      const url = `/v1/enrollments?contact=pager&limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`;
      const { body } = await http.call("GET", url, undefined, { role: "viewer" });
      seen.push(...body.data.map((row: { target: { id: string } }) => row.target.id));
      cursor = body.next_cursor ?? "";
    } while (cursor !== "");
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });

  it.each([
    ["sequence=billing&state=active&version=1&contact=pager", 5],
    ["target_type=charge&target_id=page-3", 1],
    ["contact=pager&state=held", 0],
    ["contact=no-one", 0],
  ])("filters by %s", async (query, count) => {
    const { body } = await http.call("GET", `/v1/enrollments?${query}`);
    expect(body.data).toHaveLength(count);
  });

  it.each([
    "cursor=nonsense",
    "state=sleeping",
    "limit=0",
    "limit=1000",
    "target_type=charge",
    "colour=red",
    "version=1.5",
    "sequence=A%00",
  ])("refuses ?%s", async (query) => {
    const { status, body } = await http.call("GET", `/v1/enrollments?${query}`);
    expect(status).toBe(400);
    expect(body.errors[0].in).toBe("query");
  });

  it("tells the whole story of one", async () => {
    const { body } = await http.call("POST", "/v1/enrollments", contact("story"));
    const { status, body: story } = await http.call("GET", `/v1/enrollments/${body.id}`);
    expect(status).toBe(200);
    expect(story).toMatchObject({
      id: body.id,
      target: { type: "contact", id: "story" },
      messages: [],
    });
    expect(story.history.map((entry: { type: string }) => entry.type)).toEqual([
      "enrolled",
      "scheduled",
    ]);
  });

  it("does not know another", async () => {
    expect(
      (await http.call("GET", "/v1/enrollments/01900000-0000-7000-8000-000000000000")).status,
    ).toBe(404);
    expect((await http.call("GET", "/v1/enrollments/nonsense")).status).toBe(404);
  });
});

describe("steering", () => {
  async function enrolled(id: string): Promise<string> {
    return (await http.call("POST", "/v1/enrollments", contact(id))).body.id;
  }

  it("pauses, resumes, skips and exits", async () => {
    const id = await enrolled("steer");
    const state = async (action: string, body?: object) => {
      const answer = await http.call("POST", `/v1/enrollments/${id}/${action}`, body);
      return [answer.status, answer.body.state, answer.body.next_step];
    };
    expect(await state("pause")).toEqual([200, "paused", "a"]);
    expect((await state("pause"))[0]).toBe(409);
    expect(await state("resume")).toEqual([200, "active", "a"]);
    expect(await state("skip")).toEqual([200, "active", "b"]);
    expect((await state("retry"))[0]).toBe(409);
    expect(await state("exit", { reason: "bought already" })).toEqual([200, "exited", null]);
    expect((await state("resume"))[0]).toBe(409);
    const { body } = await http.call("GET", `/v1/enrollments/${id}`);
    expect(body).toMatchObject({
      reason: "bought already",
      next_step: null,
      next_due_at: null,
      expires_at: null,
    });
    const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
    for (const { at, data } of body.history) {
      expect(at).toMatch(instant);
      if (data.due_at !== undefined) expect(data.due_at).toMatch(instant);
    }
    const told = body.history.map((entry: { type: string }) => entry.type);
    expect(told).toEqual(["enrolled", "scheduled", "paused", "resumed", "skipped", "exited"]);
    expect(body.history[2].data).toEqual({ by: "a operator" });
  });

  it.each(["pause", "resume", "exit", "retry", "skip"])(
    "cannot %s what does not exist",
    async (action) => {
      const url = `/v1/enrollments/01900000-0000-7000-8000-000000000000/${action}`;
      expect((await http.call("POST", url)).status).toBe(404);
    },
  );

  it("retries a held step once the data is there by other means", async () => {
    const { body } = await http.call(
      "POST",
      "/v1/enrollments",
      charge("reminder", "mended", "mended"),
    );
    const held = await http.call("POST", `/v1/enrollments/${body.id}/retry`);
    expect(held.body).toMatchObject({ state: "held" });
    await http.db
      .updateTable("targets")
      .set({ data: JSON.stringify({ due_on: "2026-03-20" }) })
      .where("id", "=", "mended")
      .execute();
    const retried = await http.call("POST", `/v1/enrollments/${body.id}/retry`);
    expect(retried.body).toMatchObject({
      state: "active",
      next_due_at: "2026-03-17T09:00:00.000Z",
    });
  });
});
