import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpPorts } from "../../runtime/http-ports.ts";
import type { EnrollRequest, EnrollResult, HttpPorts } from "../../runtime/http/ports.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "../../store/api-keys.ts";
import { openPostgres, type Database } from "../../store/database.ts";
import { NOW } from "../core/enrollment/fixtures.ts";
import { silent } from "../support/harness.ts";
import { createDatabase, type TestPostgres } from "../support/postgres.ts";
import { publishVersion, textDocument } from "../support/rows.ts";
import { testEngine } from "./http/harness.ts";

/** Two servers on one real PostgreSQL. */
let postgres: TestPostgres;
let databases: Database[];
let servers: readonly HttpPorts[];

beforeAll(async () => {
  postgres = await createDatabase();
  databases = [await openPostgres(postgres.url), await openPostgres(postgres.url)];
  const [{ db }] = databases as [Database];
  await publishVersion(db, textDocument("welcome"), 1, NOW);
  await publishVersion(db, { ...textDocument("billing"), target: "charge" }, 1, NOW);
  servers = databases.map((database) =>
    createHttpPorts(
      database.db,
      { now: () => NOW },
      testEngine(),
      { dispatcher() {}, controller() {} },
      silent,
    ),
  );
});

afterAll(async () => {
  for (const database of databases ?? []) await database.close();
  await postgres?.drop();
});

const either = (n: number) => servers[n % 2]!;

function request(id: string, extra: Partial<EnrollRequest> = {}): EnrollRequest {
  return {
    sequence: "welcome",
    target: { type: "contact", id },
    contact: { id: null, data: { first_name: id } },
    data: null,
    agent: null,
    startAt: null,
    idempotency: null,
    ...extra,
  };
}

function statusOf(result: EnrollResult): number | string {
  return "refused" in result ? result.refused.problem : result.status;
}

describe("two servers at once", () => {
  it("begin one enrollment a target, whoever asks", async () => {
    const results = await Promise.all(
      Array.from({ length: 400 }, (_, n) => either(n >> 3).enroll([request(`t${(n * 7) % 50}`)])),
    );
    const began = results.flat().filter((result) => statusOf(result) === 201);
    const there = results.flat().filter((result) => statusOf(result) === 200);
    expect([began.length, there.length]).toEqual([50, 350]);
  });

  it("answer one Idempotency-Key once", async () => {
    const keyed = (n: number) =>
      request(`k${n % 2}`, {
        idempotency: { apiKeyId: "a", key: "same", requestHash: `${n % 2}` },
      });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => either(n >> 1).enroll([keyed(n)])),
    );
    const statuses = results.flat().map(statusOf);
    expect(statuses.filter((status) => status === 201)).toHaveLength(20);
    expect(statuses.filter((status) => status === "idempotency-key-reused")).toHaveLength(20);
    const ids = results
      .flat()
      .flatMap((result) => ("enrolled" in result ? [result.enrolled.id] : []));
    expect(new Set(ids).size).toBe(1);
  });

  it("take batches about the same people in any order", async () => {
    const batch = (seed: number) =>
      Array.from({ length: 100 }, (_, n) => {
        const id = `s${(n * seed) % 101}`;
        return request(id, {
          sequence: "billing",
          target: { type: "charge", id },
          // Few owners, so that every batch wants the same rows.
          contact: { id: `owner-${id.length}`, data: { company: `c${seed}` } },
          data: { contactId: null, data: { number: `${seed}` } },
        });
      });
    const results = await Promise.all(
      [3, 5, 7, 11, 13, 17].map((seed, n) => either(n).enroll(batch(seed))),
    );
    const statuses = results.flat().map(statusOf);
    expect(new Set(statuses)).toEqual(new Set([200, 201]));
    expect(statuses.filter((status) => status === 201)).toHaveLength(101);
  });

  it("keep every field of merges at once", async () => {
    const changes = Array.from({ length: 30 }, (_, n) => ({
      type: "contact" as const,
      id: "merged",
      contactId: null,
      data: { custom: { [`k${n}`]: n } },
    }));
    await Promise.all(changes.map((change, n) => either(n).mergeEntity(change)));
    const row = await databases[0]!.db
      .selectFrom("contacts")
      .select("data")
      .where("id", "=", "merged")
      .executeTakeFirstOrThrow();
    expect(Object.keys(row.data.custom ?? {})).toHaveLength(30);
  });

  it("leave one operator key, whichever are revoked", async () => {
    const [{ db }, other] = databases as [Database, Database];
    const role = "operator";
    const one = await createApiKey(db, { name: "one", role }, NOW);
    const two = await createApiKey(db, { name: "two", role }, NOW);
    const outcomes = await Promise.all([
      revokeApiKey(db, one.id, NOW),
      revokeApiKey(other.db, two.id, NOW),
    ]);
    expect(outcomes.toSorted()).toEqual(["last_operator", "revoked"]);
    const alive = (await listApiKeys(db)).filter((key) => key.revoked_at === null);
    expect(alive).toHaveLength(1);
  });
});
