import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createApiKey } from "../../../store/api-keys.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "./harness.ts";

const http = useApp();
const DAY = 86_400_000;

/** What the API says to whoever shows this key. */
async function statusOf(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` };
  return (await http.app.inject({ url: "/v1/status", headers })).statusCode;
}

describe("keys", () => {
  it("are shown once, listed without their secret, and useless once revoked", async () => {
    const made = await http.call("POST", "/v1/keys", { name: "billing", role: "enroller" });
    expect(made.status).toBe(201);
    expect(made.body.key).toMatch(/^cdz_[\w-]{43}$/);
    const listed = await http.call("GET", "/v1/keys");
    expect(listed.text).not.toContain(made.body.key);
    expect(listed.body.data.map((key: { id: string }) => key.id)).toContain(made.body.id);
    const headers = { authorization: `Bearer ${made.body.key}` };
    expect((await http.app.inject({ url: "/v1/status", headers })).statusCode).toBe(200);
    expect((await http.call("DELETE", `/v1/keys/${made.body.id}`)).status).toBe(204);
    expect((await http.app.inject({ url: "/v1/status", headers })).statusCode).toBe(401);
    expect((await http.call("DELETE", `/v1/keys/${made.body.id}`)).status).toBe(404);
  });

  it("are stored as hashes only", async () => {
    const { rows } = await http.db
      .selectFrom("api_keys")
      .selectAll()
      .execute()
      .then((rows) => ({ rows }));
    for (const key of Object.values(http.keys)) expect(JSON.stringify(rows)).not.toContain(key);
  });

  it("keep one operator", async () => {
    const { body } = await http.call("GET", "/v1/keys");
    const last = body.data.find((key: { role: string }) => key.role === "operator");
    const answer = await http.call("DELETE", `/v1/keys/${last.id}`);
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain("last operator");
  });

  it.each([
    { name: "x" },
    { name: "", role: "viewer" },
    { name: "x", role: "root" },
    { name: "x", role: "viewer", key: "mine" },
  ])("refuses %j", async (body) => {
    expect((await http.call("POST", "/v1/keys", body)).status).toBe(400);
  });
});

describe("a key that is replaced", () => {
  const make = async (role = "enroller") =>
    (await http.call("POST", "/v1/keys", { name: "billing", role })).body;

  it("works on beside the new one for a day, and not a second longer", async () => {
    const old = await make();
    const answer = await http.call("POST", `/v1/keys/${old.id}/rotate`);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ name: "billing", role: "enroller", expires_at: null });
    expect(answer.body.key).not.toBe(old.key);
    expect([await statusOf(old.key), await statusOf(answer.body.key)]).toEqual([200, 200]);
    const { data } = (await http.call("GET", "/v1/keys")).body;
    const listed = data.find((one: { id: string }) => one.id === old.id);
    expect(Date.parse(listed.expires_at)).toBe(http.clock.now() + DAY);
    http.clock.advance(DAY);
    expect([await statusOf(old.key), await statusOf(answer.body.key)]).toEqual([401, 200]);
  });

  it("works on as long as it is told, or until it is revoked", async () => {
    const [one, two] = [await make(), await make()];
    await http.call("POST", `/v1/keys/${one.id}/rotate`, { grace_seconds: 0 });
    expect(await statusOf(one.key)).toBe(401);
    await http.call("POST", `/v1/keys/${two.id}/rotate`, { grace_seconds: 3_600 });
    expect(await statusOf(two.key)).toBe(200);
    expect((await http.call("DELETE", `/v1/keys/${two.id}`)).status).toBe(204);
    expect(await statusOf(two.key)).toBe(401);
  });

  it("is replaced once", async () => {
    const old = await make();
    await http.call("POST", `/v1/keys/${old.id}/rotate`);
    expect((await http.call("POST", `/v1/keys/${old.id}/rotate`)).status).toBe(409);
    expect((await http.call("POST", "/v1/keys/nobody/rotate")).status).toBe(404);
    for (const grace_seconds of [-1, 1.5, 3_000_000, "1"]) {
      const refused = await http.call("POST", `/v1/keys/${old.id}/rotate`, { grace_seconds });
      expect(refused.status).toBe(400);
    }
  });

  it("counts no longer as an operator's: the last one that stays is kept", async () => {
    const { data } = (await http.call("GET", "/v1/keys")).body;
    const own = data.find((one: { name: string }) => one.name === "a operator");
    const heir = (await http.call("POST", `/v1/keys/${own.id}/rotate`)).body;
    const refused = await http.call("DELETE", `/v1/keys/${heir.id}`);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain("last operator");
    const headers = { authorization: `Bearer ${heir.key}` };
    const url = `/v1/keys/${own.id}`;
    expect((await http.app.inject({ method: "DELETE", url, headers })).statusCode).toBe(204);
    http.keys = { ...http.keys, operator: heir.key };
  });
});

describe("a revoked key", () => {
  const revoke = (id: string) =>
    http.db.updateTable("api_keys").set({ revoked_at: new Date() }).where("id", "=", id).execute();
  const make = () =>
    createApiKey(http.db, { name: "elsewhere", role: "enroller" }, http.clock.now());

  it("works for less than a second where another process revoked it", async () => {
    const made = await make();
    expect(await statusOf(made.key)).toBe(200);
    await revoke(made.id);
    http.clock.advance(999);
    expect(await statusOf(made.key)).toBe(200);
    http.clock.advance(1);
    expect(await statusOf(made.key)).toBe(401);
  });

  it("does not live on where the clock is set back", async () => {
    const made = await make();
    expect(await statusOf(made.key)).toBe(200);
    await revoke(made.id);
    http.clock.advance(-3_600_000);
    expect(await statusOf(made.key)).toBe(401);
    http.clock.advance(3_600_000);
  });

  it("ends a bulk request that is under way", async () => {
    await http.publish(textDocument("welcome"));
    const made = await make();
    const row = (id: string) =>
      `${JSON.stringify({ sequence: "welcome", target: { type: "contact", id }, contact: { id } })}\n`;
    async function* rows() {
      yield Buffer.from(row("one"));
      await revoke(made.id);
      http.clock.advance(1_000);
      yield Buffer.from(row("two"));
      yield Buffer.from(row("three"));
    }
    const answer = await http.app.inject({
      method: "POST",
      url: "/v1/enrollments/bulk",
      headers: {
        authorization: `Bearer ${made.key}`,
        "content-type": "application/x-ndjson",
      },
      payload: Readable.from(rows()),
    });
    const lines = answer.body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { status: number });
    expect(lines.at(-1)).toMatchObject({ status: 401, error: { status: 401 } });
    expect(lines.length).toBeLessThan(4);
    const known = await http.db.selectFrom("enrollments").select("contact_id").execute();
    expect(known.map((one) => one.contact_id)).not.toContain("three");
  });
});
