import { createHmac } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "../../../../store/api-keys.ts";
import { newId } from "../../../../store/ids.ts";
import { inbox } from "../../../core/enrollment/fixtures.ts";
import { insertContact, startOne, textDocument, waitingFor } from "../../../support/rows.ts";
import { useApp } from "../harness.ts";
import { operationsOf, type OpenApi, type Operation } from "./document.ts";
import { createJudge, type Given } from "./judge.ts";
import { requestsTo, type Request } from "./requests.ts";
import type { Known } from "./values.ts";

/** `CADENZA_FUZZ_RUNS`: requests to each operation. `CADENZA_FUZZ_SEED`: the seed of a run that is to be repeated. */
const numRuns = Number(process.env["CADENZA_FUZZ_RUNS"] ?? 12);
const seed = Number(process.env["CADENZA_FUZZ_SEED"] ?? Date.now() % 2_147_483_647);

const SECRET = "a webhook's secret";
const credentials = Object.fromEntries(
  ["auth_token", "app_secret", "verify_token", "webhook_secret", "phone_number_id"].map((name) => [
    name,
    "${env:CADENZA_SECRET_ALL}",
  ]),
);
const inboxes = [
  inbox("twilio", "sms", { provider: "twilio", credentials }),
  inbox("meta", "whatsapp", { provider: "meta", credentials }),
  inbox("web", "whatsapp", { provider: "whatsapp_web", credentials }),
  inbox("mail", "email", { provider: "smtp", credentials }),
];
const http = useApp(() => ({
  env: { CADENZA_SECRET_ALL: SECRET, CADENZA_GIT_WEBHOOK_SECRET: SECRET },
}));

let judge: ReturnType<typeof createJudge>;
let operations: Map<string, Operation>;
let known: Known;

beforeAll(async () => {
  const { db, clock } = http;
  const now = clock.now();
  await http.publish(textDocument("welcome"));
  await http.publish(textDocument("welcome", ["a", "c"]), 2);
  for (const one of inboxes) {
    await db
      .insertInto("inboxes")
      .values({ id: one.id, inbox: JSON.stringify(one) })
      .execute();
  }
  const enrollments: string[] = [];
  for (const id of ["ana", "rui"]) {
    await insertContact(db, id, { email: `${id}@example.com`, phone: "+15550100" }, now);
    const schedule = waitingFor("a", now, now);
    enrollments.push((await startOne(db, { sequence: "welcome", contact: id, schedule }, now))!);
  }
  await http.call("PUT", "/v1/charges/c1", { contact_id: "ana", number: "1" });
  await http.call("PUT", "/v1/conversations/t1", { contact_id: "ana" });
  const spare = await createApiKey(db, { name: "spare", role: "viewer" }, now);
  const made = await http.call("POST", "/v1/suppressions", {
    channel: "email",
    address: "x@example.com",
  });
  known = {
    enrollments,
    messages: [newId(now)],
    contacts: ["ana", "rui", "new"],
    conversations: ["t1"],
    charges: ["c1"],
    keys: [spare.id],
    suppressions: [made.body.id],
    sequences: ["welcome"],
    sequence: ["welcome"],
    contact: ["ana"],
    contact_id: ["ana", "rui"],
    target: [
      { type: "contact", id: "ana" },
      { type: "contact", id: "rui" },
      { type: "charge", id: "c1" },
    ],
    scope: ["all", "sequence:welcome", "inbox:mail"],
    version: [1, 2],
    from: [1, 2],
    to: [1, 2],
    inbox: inboxes.map((one) => one.id),
    address: ["x@example.com", "+15550100"],
    deals: ["d1"],
    appointments: ["a1"],
    email: ["ana@example.com", null],
    phone: ["+15550100", null],
    timezone: ["Europe/Lisbon"],
    language: ["pt-BR"],
    currency: ["EUR"],
    due_on: ["2026-04-01", null],
    expected_close_on: ["2026-04-01"],
    starts_at: ["2026-04-01T10:00:00Z"],
    ends_at: ["2026-04-01T11:00:00Z"],
    start_at: ["2026-04-01T10:00:00Z"],
    payment_url: ["https://example.com/pay"],
    custom: [{}],
    data: [{}],
    "hub.mode": ["subscribe"],
    "hub.verify_token": [SECRET],
  };
  const document = (await http.app.inject("/openapi.json")).json<OpenApi>();
  judge = createJudge(document);
  operations = new Map(operationsOf(document).map((one) => [one.name, one]));
});

/** Half of what comes by a webhook is let in: the bodies behind the door matter too. */
function proofOf({ url, payload = "" }: Request): Record<string, string> {
  if (!url.startsWith("/webhooks/") || payload.length % 2 === 0) return {};
  const digest = createHmac("sha256", SECRET).update(payload).digest("hex");
  return { "x-cadenza-secret": SECRET, "x-hub-signature-256": `sha256=${digest}` };
}

async function send(request: Request): Promise<Given> {
  const { as, method, url, payload, headers } = request;
  const key = as === "stranger" ? "cdz_nobody" : as === "nobody" ? null : http.keys[as];
  const response = await http.app.inject({
    method: method as "GET",
    url,
    headers: {
      ...(key === null || url.startsWith("/webhooks/") ? {} : { authorization: `Bearer ${key}` }),
      ...proofOf(request),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  return response;
}

describe(`whatever is asked, an answer is as the document says (seed ${seed})`, () => {
  it("of every operation", { timeout: 600_000 }, async () => {
    const found: string[] = [];
    for (const operation of operations.values()) {
      const result = await fc.check(
        fc.asyncProperty(requestsTo(operation, known), async (request) => {
          const wrong = judge(operation, await send(request));
          if (wrong !== null) throw new Error(`${operation.name}: ${wrong}`);
        }),
        { seed, numRuns, interruptAfterTimeLimit: 20_000 },
      );
      if (!result.failed) continue;
      const [example] = result.counterexample ?? [];
      const shown = JSON.stringify(example, (_, value: unknown) =>
        typeof value === "string" ? value.slice(0, 200) : value,
      );
      found.push(`${String(result.errorInstance)}\n  ${shown}`);
    }
    expect(found.join("\n"), `CADENZA_FUZZ_SEED=${seed}`).toBe("");
  });
});
