import { beforeAll, describe, expect, test } from "vitest";
import { insertContact, startOne, textDocument, waitingFor } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const t = useApp();

describe("/v1/migrations", () => {
  beforeAll(async () => {
    const now = t.clock.now();
    await t.publish(textDocument("moving", ["a", "b"]));
    await t.publish(textDocument("moving", ["a", "c"]), 2);
    await insertContact(t.db, "m1", { email: "m1@example.com" }, now);
    await startOne(
      t.db,
      { sequence: "moving", contact: "m1", schedule: waitingFor("b", now, now) },
      now,
    );
  });
  const route = { sequence: "moving", from: 1, to: 2 };

  test("refuse a step without a place", async () => {
    const answer = await t.call("POST", "/v1/migrations", route);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      type: "urn:cadenza:problem:unmapped-step",
      detail: "moving@2 has no step for b (1 waiting): map each to one of a, c",
    });
  });

  test("say in a dry run what would happen", async () => {
    const asked = { ...route, map: { b: "c" }, dry_run: true };
    const answer = await t.call("POST", "/v1/migrations", asked);
    expect(answer.status).toBe(200);
    const steps = [{ from: "b", to: "c", enrollments: 1 }];
    expect(answer.body).toEqual({ ...route, enrollments: 1, steps });
    expect((await t.call("GET", "/v1/migrations")).body.data).toEqual([]);
  });

  test("start, are listed and can be followed", async () => {
    const answer = await t.call("POST", "/v1/migrations", { ...route, map: { b: "c" } });
    expect(answer.status).toBe(202);
    const { id } = answer.body;
    const shown = { id, ...route, map: { b: "c" }, state: "running", moved: 0, left: {} };
    expect(answer.body).toMatchObject(shown);
    expect((await t.call("GET", `/v1/migrations/${id}`)).body).toEqual(answer.body);
    expect((await t.call("GET", "/v1/migrations")).body.data).toEqual([answer.body]);
    const again = await t.call("POST", "/v1/migrations", { ...route, map: { b: "c" } });
    expect(again.body.type).toBe("urn:cadenza:problem:migration-running");
  });

  test.each([
    [{ sequence: "moving", from: 1 }],
    [{ ...route, map: { "B!": "c" } }],
    [{ ...route, from: 0 }],
    [{ ...route, from: 2 }],
    [{ ...route, extra: true }],
  ])("refuse %j", async (asked) => {
    expect((await t.call("POST", "/v1/migrations", asked)).status).toBe(400);
  });

  test("that do not exist are not found", async () => {
    const nobody = "019cadfd-8900-7000-80f9-000000000000";
    expect((await t.call("GET", `/v1/migrations/${nobody}`)).status).toBe(404);
    const unknown = await t.call("POST", "/v1/migrations", { ...route, sequence: "gone" });
    expect(unknown.status).toBe(404);
  });
});
