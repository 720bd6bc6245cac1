import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { signed, keyIn } from "../../../runtime/outgoing/sign.ts";
import { answerRequest, readProgress } from "../../../store/reconciliations.ts";
import { forgetInboundEvents, listDueInboundEvents } from "../../../store/inbound.ts";
import { useApp } from "./harness.ts";

const SECRET = `whsec_${Buffer.from("a secret of the git host").toString("base64")}`;
const env: { CADENZA_GIT_WEBHOOK_SECRET?: string } = {};
const http = useApp(() => ({ env }));

const push = (branch = "main") => JSON.stringify({ ref: `refs/heads/${branch}`, commits: [] });
const hub = (body: string, secret = SECRET) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
let deliveries = 0;
const github = (body: string, id = `delivery-${(deliveries += 1)}`) => ({
  "x-hub-signature-256": hub(body),
  "x-github-delivery": id,
});
const standard = (body: string, id = `msg-${(deliveries += 1)}`) =>
  signed(keyIn(SECRET)!, id, body, http.clock.now());

async function post(payload: string, headers: Record<string, string>): Promise<number> {
  const answer = await http.app.inject({
    method: "POST",
    url: "/webhooks/git",
    payload,
    headers: { "content-type": "application/json", ...headers },
  });
  if (answer.statusCode < 300) expect(answer.body).toBe("");
  return answer.statusCode;
}

/** Whether the controller has something to answer, and was woken for it. */
async function asked(): Promise<boolean> {
  const isOpen = (await readProgress(http.db)).requestedAt !== null;
  expect(http.woken.controller > 0).toBe(isOpen);
  return isOpen;
}

beforeEach(async () => {
  env.CADENZA_GIT_WEBHOOK_SECRET = SECRET;
  await answerRequest(http.db, http.clock.now());
  http.clock.advance(1_000);
  http.woken.controller = 0;
  await http.db.updateTable("source_state").set({ branch: "main" }).execute();
});

describe("a push to the source's branch asks for a reconciliation", () => {
  test.each<[string, (body: string) => Record<string, string>]>([
    ["GitHub", (body) => github(body)],
    ["GitLab, with a signing token", (body) => ({ ...standard(body), "x-gitlab-token": "x" })],
    ["GitLab, with a secret token", () => ({ "x-gitlab-token": SECRET })],
  ])("from %s", async (_, prove) => {
    expect(await post(push(), prove(push()))).toBe(202);
    expect(await asked()).toBe(true);
    expect((await readProgress(http.db)).requestedAt).toBe(http.clock.now());
    expect((await readProgress(http.db)).acknowledged).toBeNull();
  });

  test("as a form too, which GitHub's hooks can be", async () => {
    const body = new URLSearchParams({ payload: push() }).toString();
    const headers = { ...github(body), "content-type": "application/x-www-form-urlencoded" };
    expect(await post(body, headers)).toBe(202);
    expect(await asked()).toBe(true);
  });

  test.each(["HEAD", null])("where its name is %s, to any branch", async (branch) => {
    await http.db.updateTable("source_state").set({ branch }).execute();
    expect(await post(push("trunk"), github(push("trunk")))).toBe(202);
    expect(await asked()).toBe(true);
  });
});

describe("nothing is asked", () => {
  test.each([
    ["another branch", push("work")],
    ["a branch whose name goes on", push("main/2")],
    ["a tag of the same name", '{"ref":"refs/tags/main"}'],
    ["a branch that was made, by its short name", '{"ref":"main","ref_type":"branch"}'],
    ["a ping", '{"zen":"Keep it logically awesome.","hook_id":1}'],
    ["odd JSON", "null"],
    ["an odd ref", '{"ref":["refs/heads/main"]}'],
  ])("by %s", async (_, body) => {
    expect(await post(body, github(body))).toBe(204);
    expect(await asked()).toBe(false);
  });

  test.each<[string, (body: string, id: string) => Record<string, string>]>([
    ["GitHub", github],
    ["GitLab", standard],
  ])("by what %s delivers again", async (host, prove) => {
    expect(await post(push(), prove(push(), `again-${host}`))).toBe(202);
    await answerRequest(http.db, http.clock.now());
    http.woken.controller = 0;
    expect(await post(push(), prove(push(), `again-${host}`))).toBe(204);
    expect(await asked()).toBe(false);
  });
});

describe("is refused", () => {
  const expectRefusal = async (body: string, headers: Record<string, string>) => {
    expect(await post(body, headers)).toBe(401);
    expect(await asked()).toBe(false);
  };

  test("without any proof", () => expectRefusal(push(), {}));
  test("with the secret where nobody puts it", () =>
    expectRefusal(push(), { authorization: `Bearer ${SECRET}`, "x-cadenza-secret": SECRET }));
  test("with a body that was changed", async () => {
    await expectRefusal(`${push()} `, github(push()));
    await expectRefusal(`${push()} `, standard(push()));
  });
  test("with a signature by another secret", () =>
    expectRefusal(push(), { "x-hub-signature-256": hub(push(), "another") }));
  test("with another token, before the body is read", async () => {
    for (const token of ["another", "", SECRET.slice(0, -1), `${SECRET} x`]) {
      await expectRefusal(push(), { "x-gitlab-token": token });
    }
    await expectRefusal("x".repeat(5 * 1024 * 1024), { "x-gitlab-token": "another" });
  });
  test("with a wrong signature beside the right token", () =>
    expectRefusal(push(), { "x-hub-signature-256": hub("other"), "x-gitlab-token": SECRET }));
  test("with a recorded signature, or one of the future", async () => {
    const headers = standard(push());
    http.clock.advance(5 * 60_000 + 1_000);
    await expectRefusal(push(), headers);
    const future = signed(keyIn(SECRET)!, "m", push(), http.clock.now() + 301_000);
    await expectRefusal(push(), future);
  });
  test("with a standard signature where the secret is none of its kind", async () => {
    env.CADENZA_GIT_WEBHOOK_SECRET = "another secret";
    await expectRefusal(push(), standard(push()));
  });
});

test("a body that is no JSON is told so, and one that is too large", async () => {
  expect(await post("{", github("{"))).toBe(400);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect(await post("a=b", { ...github("a=b"), ...form })).toBe(400);
  const large = "x".repeat(5 * 1024 * 1024);
  expect(await post(large, github(large))).toBe(413);
});

test.each([undefined, ""])("without a secret (%j) it asks to come again", async (secret) => {
  delete env.CADENZA_GIT_WEBHOOK_SECRET;
  if (secret !== undefined) env.CADENZA_GIT_WEBHOOK_SECRET = secret;
  expect(await post(push(), github(push()))).toBe(503);
  expect(await post(push(), { "x-gitlab-token": "" })).toBe(503);
  expect(await asked()).toBe(false);
  expect(http.logged.join("\n")).toContain("CADENZA_GIT_WEBHOOK_SECRET is not set");
});

test("a delivery that could not be taken in is new when it comes again", async () => {
  const headers = github(push());
  await http.db.schema.alterTable("source_state").renameColumn("requested_at", "hidden").execute();
  expect(await post(push(), headers)).toBe(500);
  await http.db.schema.alterTable("source_state").renameColumn("hidden", "requested_at").execute();
  expect(await post(push(), headers)).toBe(202);
});

test("a delivery is never due to be applied, and forgotten in time", async () => {
  const headers = github(push());
  expect(await post(push(), headers)).toBe(202);
  expect(await listDueInboundEvents(http.db, 10, http.clock.now())).toEqual([]);
  await forgetInboundEvents(http.db, http.clock.now() + 1);
  expect(await post(push(), headers)).toBe(202);
});

test("an id of any length is one", async () => {
  expect(await post(push(), github(push(), "x".repeat(5_000)))).toBe(202);
});
