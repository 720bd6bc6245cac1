import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CanonicalDocument, Trigger } from "../../../core/language/document.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const http = useApp();
const AT = "2026-03-02T09:59:00Z";

function about(
  id: string,
  target: CanonicalDocument["target"],
  given: { readonly triggers?: readonly Trigger[]; readonly exits?: readonly string[] },
): CanonicalDocument {
  const { triggers, exits } = given;
  return {
    ...textDocument(id),
    target,
    ...(triggers === undefined ? {} : { triggers }),
    ...(exits === undefined ? {} : { exit: { events: exits } }),
  };
}

let count = 0;
let charge = "";
let contact = "";

const report = (type: string, given: object = {}, id = `e${(count += 1)}`) =>
  http.call("POST", "/v1/events", {
    id,
    type,
    occurred_at: AT,
    target: { type: "charge", id: charge },
    ...given,
  });
const live = async (sequence: string) => {
  const { body } = await http.call(
    "GET",
    `/v1/enrollments?sequence=${sequence}&contact=${contact}`,
  );
  return body.data.map((one: { state: string; reason: string | null }) =>
    [one.state, one.reason].filter((text) => text !== null).join(": "),
  );
};

beforeAll(async () => {
  const overdue = { event: "charge.overdue", if: "charge.amount > 10" };
  await http.publish(
    about("dunning", "charge", { triggers: [overdue], exits: ["charge.paid", "reply"] }),
  );
  await http.publish(about("thanks", "charge", { triggers: [{ event: "charge.paid" }] }));
  await http.publish(about("rescue", "contact", { triggers: [{ event: "app.crashed" }] }));
  await http.publish(about("newsletter", "contact", { exits: ["contact.left"] }));
});

beforeEach(async () => {
  count += 1;
  [contact, charge] = [`c${count}`, `ch${count}`];
  await http.call("PUT", `/v1/contacts/${contact}`, { first_name: "Ana" });
  const body = { contact_id: contact, amount: 100, status: "pending" };
  await http.call("PUT", `/v1/charges/${charge}`, body);
});

describe("POST /v1/events", () => {
  it("begins the sequences that wait for it, and ends those that it ends", async () => {
    const begun = await report("charge.overdue");
    expect(begun.status).toBe(201);
    expect(begun.body).toMatchObject({ type: "charge.overdue", exited: 0 });
    expect(begun.body.enrolled).toHaveLength(1);
    expect(await live("dunning")).toEqual(["active"]);
    const paid = await report("charge.paid");
    expect(paid.body).toMatchObject({ exited: 1 });
    expect(await live("dunning")).toEqual(["exited: charge.paid"]);
    expect(await live("thanks")).toEqual(["active"]);
  });

  it("counts each id once, whatever comes of it again", async () => {
    const first = await report("charge.overdue", {}, "same");
    const again = await report("charge.overdue", {}, "same");
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    const other = await report("charge.paid", {}, "same");
    expect([other.status, other.body.type]).toEqual([
      422,
      expect.stringContaining("event-id-reused"),
    ]);
    expect(await live("dunning")).toEqual(["active"]);
    const both = await Promise.all([
      report("charge.paid", {}, "two"),
      report("charge.paid", {}, "two"),
    ]);
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 201]));
    expect(await live("thanks")).toEqual(["active"]);
  });

  it("asks the trigger's condition, with the data that comes along", async () => {
    const small = await report("charge.overdue", { data: { amount: 5 } });
    expect(small.body.enrolled).toEqual([]);
    const large = await report("charge.overdue", { data: { amount: 50 } });
    expect(large.body.enrolled).toHaveLength(1);
    const stored = await http.call("GET", `/v1/charges/${charge}`);
    expect(stored.body.amount).toBe(50);
  });

  it("a status in the data and an event that says the same are one", async () => {
    await report("charge.overdue");
    const paid = await report("charge.paid", { data: { status: "paid" } });
    expect(paid.body).toMatchObject({ exited: 1 });
    expect(paid.body.enrolled).toHaveLength(1);
    expect(await live("thanks")).toEqual(["active"]);
  });

  it("about a contact ends whatever the contact is in", async () => {
    const target = { type: "contact", id: contact };
    await http.call("POST", "/v1/enrollments", { sequence: "newsletter", target });
    expect((await report("app.crashed", { target })).body.enrolled).toHaveLength(1);
    expect(await live("rescue")).toEqual(["active"]);
    expect((await report("contact.left", { target })).body).toMatchObject({ exited: 1 });
    expect(await live("newsletter")).toEqual(["exited: contact.left"]);
    expect(await live("rescue")).toEqual(["active"]);
  });

  it("about nothing that is known is refused, and counts once it is", async () => {
    const target = { type: "charge", id: "nobody" };
    const refused = await report("charge.overdue", { target }, "early");
    expect([refused.status, refused.body.detail]).toEqual([
      422,
      "There is no charge nobody; send its fields as `data`, or PUT /v1/charges/nobody first",
    ]);
    const data = { contact_id: contact, amount: 40 };
    const mended = await report("charge.overdue", { target, data }, "early");
    expect(mended.status).toBe(201);
    expect(mended.body.enrolled).toHaveLength(1);
  });

  it("tells all that is wrong with it", async () => {
    const wrong = await report("charge.overdue", { occurred_at: "yesterday", data: { amuont: 3 } });
    expect(wrong.status).toBe(400);
    expect(JSON.stringify(wrong.body.errors)).toMatch(/amuont/);
    const late = await report("charge.overdue", { occurred_at: "2026-02-30T10:00:00Z" });
    expect(late.body.errors).toMatchObject([{ path: "/occurred_at" }]);
  });
});

describe("a change of status", () => {
  it("is an event: by PUT, and by what an enrollment brings along", async () => {
    await http.call("PUT", `/v1/charges/${charge}`, { status: "overdue" });
    expect(await live("dunning")).toEqual(["active"]);
    await http.call("PUT", `/v1/charges/${charge}`, { status: "overdue" });
    expect(await live("dunning")).toEqual(["active"]);
    const target = { type: "contact", id: contact };
    await http.call("POST", "/v1/enrollments", { sequence: "newsletter", target });
    const body = {
      sequence: "dunning",
      target: { type: "charge", id: charge },
      data: { status: "paid" },
    };
    await http.call("POST", "/v1/enrollments", body);
    expect(await live("thanks")).toEqual(["active"]);
  });

  it("a new record's status is none: a first synchronisation begins nothing", async () => {
    const body = { contact_id: contact, amount: 100, status: "overdue" };
    await http.call("PUT", `/v1/charges/${charge}-new`, body);
    expect(await live("dunning")).toEqual([]);
  });

  it("a retired sequence begins nobody", async () => {
    await http.db
      .updateTable("sequences")
      .set({ state: "retired" })
      .where("id", "=", "thanks")
      .execute();
    await http.call("PUT", `/v1/charges/${charge}`, { status: "paid" });
    expect(await live("thanks")).toEqual([]);
    await http.db.updateTable("sequences").set({ state: "active" }).execute();
  });
});
