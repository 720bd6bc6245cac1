import { describe, expect, test } from "vitest";
import { chooseChannel, type Reach } from "../../../core/enrollment/index.ts";
import type { CanonicalStep, StepChannel } from "../../../core/language/document.ts";
import { approved, DAY, HOUR, NOW, program, situation, step } from "./fixtures.ts";

const outside = { candidates: [approved], parameters: ["x", "y"] };
const conversation = { id: "cv1", inbox: "wa", open: true, subject: null };

async function choose(
  given: Partial<CanonicalStep>,
  reach: Partial<Reach> = {},
  failed: StepChannel[] = [],
) {
  const compiled = program([step({ id: "a", ...given })]).steps[0]!;
  const now = await situation({ reach });
  return chooseChannel(compiled, now.workspace, now.reach, failed, NOW);
}

describe("a fixed channel", () => {
  test.each([
    ["email", { kind: "chosen", channel: "email", to: "ana@example.com" }],
    ["sms", { kind: "chosen", channel: "sms", to: "+15550100" }],
  ] as const)("%s", async (channel, expected) => {
    expect(await choose({ channel })).toMatchObject(expected);
  });

  test("without an address fails", async () => {
    expect(await choose({ channel: "sms" }, { phone: null })).toMatchObject({
      kind: "failure",
      code: "no_address",
    });
  });

  test("with a suppressed address is opted out", async () => {
    expect(await choose({ channel: "sms" }, { suppressed: ["sms"] })).toEqual({
      kind: "opted_out",
    });
  });

  test("its own inbox wins over the channel's default, and one that is gone fails", async () => {
    expect(await choose({ channel: "whatsapp", inbox: "web" })).toMatchObject({
      inbox: { id: "web" },
    });
    expect(await choose({ channel: "whatsapp", inbox: "gone" })).toMatchObject({
      code: "no_inbox",
    });
  });
});

describe("WhatsApp's window", () => {
  test.each([
    ["just inside", NOW - DAY + 1, { kind: "chosen", useTemplate: false }],
    ["at 24 h", NOW - DAY, { kind: "failure", code: "outside_window" }],
    ["never wrote", undefined, { kind: "failure", code: "outside_window" }],
  ])("%s", async (_, last, expected) => {
    const lastInbound: Reach["lastInbound"] = last === undefined ? {} : { wa: last };
    expect(await choose({ channel: "whatsapp" }, { lastInbound })).toMatchObject(expected);
  });

  test("belongs to one inbox", async () => {
    expect(
      await choose({ channel: "whatsapp" }, { lastInbound: { wa2: NOW - HOUR } }),
    ).toMatchObject({
      code: "outside_window",
    });
  });

  test("closed: the approved template of the chosen inbox stands in", async () => {
    const closed = await choose({ channel: "whatsapp", outside_window: outside });
    expect(closed).toMatchObject({ kind: "chosen", useTemplate: true });
    expect(closed.kind === "chosen" && closed.reason).toContain("outside the 24 h window");
    expect(
      await choose({ channel: "whatsapp", inbox: "wa2", outside_window: outside }),
    ).toMatchObject({
      code: "outside_window",
    });
  });

  test("whatsapp_web has none", async () => {
    expect(await choose({ channel: "whatsapp", inbox: "web" })).toMatchObject({
      kind: "chosen",
      useTemplate: false,
    });
  });
});

describe("automatic", () => {
  const automatic = { channel: "automatic" } as const;

  test("the target's open conversation comes first", async () => {
    const reach = { conversation, lastInbound: { wa: NOW - HOUR } };
    expect(await choose(automatic, reach)).toMatchObject({
      channel: "whatsapp",
      conversation: { id: "cv1" },
      reason: "the open conversation",
    });
  });

  test("a conversation that cannot be used now gives way, and the reason says why", async () => {
    const choice = await choose(automatic, { conversation });
    expect(choice).toMatchObject({ channel: "email", conversation: null });
    expect(choice.kind === "chosen" && choice.reason).toMatch(
      /open conversation: .*window is closed/,
    );
  });

  test("the workspace's order, past channels that cannot be used", async () => {
    expect(await choose({ ...automatic, outside_window: outside })).toMatchObject({
      channel: "whatsapp",
    });
    expect(await choose(automatic, { email: null })).toMatchObject({ channel: "sms" });
    expect(await choose(automatic, { suppressed: ["email"] })).toMatchObject({ channel: "sms" });
  });

  test("nothing left: a failure, or an opt-out where that is why", async () => {
    expect(await choose(automatic, { email: null, phone: null })).toMatchObject({
      code: "no_address",
    });
    expect(await choose(automatic, { suppressed: ["email", "sms", "whatsapp"] })).toEqual({
      kind: "opted_out",
    });
  });
});

describe("same_conversation", () => {
  const same = { channel: "same_conversation" } as const;

  test("the target's conversation, even resolved, before the latest open one", async () => {
    const mail = { id: "cv2", inbox: "mail", open: true, subject: "Hello" };
    const resolved = { ...conversation, inbox: "mail", open: false };
    expect(await choose(same, { conversation: resolved, latestOpen: mail })).toMatchObject({
      conversation: { id: "cv1" },
    });
    expect(await choose(same, { latestOpen: mail })).toMatchObject({
      channel: "email",
      conversation: { id: "cv2" },
      reason: "same conversation",
    });
  });

  test("none is a failure", async () => {
    expect(await choose(same)).toMatchObject({ kind: "failure", code: "no_conversation" });
  });
});

test("a failed channel gives way to the next of on_failure", async () => {
  const given = { channel: "whatsapp", on_failure: { channels: ["sms", "email"] } } as const;
  expect(await choose(given, {}, ["whatsapp"])).toMatchObject({ channel: "sms" });
  expect(await choose(given, {}, ["whatsapp", "sms"])).toMatchObject({ channel: "email" });
  expect(await choose(given, {}, ["whatsapp", "sms", "email"])).toMatchObject({ kind: "failure" });
});
