import { describe, expect, test } from "vitest";
import { diffWorkspaces } from "../../../../core/language/diff/index.ts";
import { diffOf, FILES, stateOf, visitIn } from "./states.ts";

const visit = FILES["visit.yaml"] ?? "";
const steps = /steps:\n(.*?)(  - id: ask.*?)(  - id: bye.*)/s;

describe("what becomes of a sequence", () => {
  test("nothing, where nothing changed", () => {
    const diff = diffWorkspaces(stateOf(), stateOf());
    expect(visitIn(diff)).toMatchObject({ action: "none", steps: [], changes: [], breaking: [] });
    expect(diff).toMatchObject({ attributes: [], policy: [], breaking: [] });
  });

  test.each([
    ["a comment", "steps:", "# why\nsteps:", []],
    ["a default that is written out", "target:", "purpose: transactional\ntarget:", []],
    ["a name", "name: Visit", "name: Visits", ["name"]],
  ])("%s makes no version", (_, from, to, changed) => {
    const found = visitIn(diffOf("visit.yaml", from, to));
    expect(found).toMatchObject({ action: "none", steps: [] });
    expect(found.changes.map(({ field }) => field)).toEqual(changed);
  });

  test("created, with all its steps; and retired", () => {
    const empty = stateOf({ "visit.yaml": null, "shared.yaml": null });
    expect(visitIn(diffWorkspaces(empty, stateOf()))).toMatchObject({
      action: "create",
      before: null,
      steps: [
        { step: "hello", action: "added", from: null, to: 1 },
        { step: "ask", action: "added", to: 2 },
        { step: "bye", action: "added", to: 3 },
      ],
      breaking: [],
    });
    expect(visitIn(diffWorkspaces(stateOf(), empty))).toMatchObject({
      action: "retire",
      after: null,
    });
  });

  test("a shared text that changes is a change of what uses it", () => {
    const found = visitIn(diffOf("shared.yaml", "love", "like"));
    expect(found).toMatchObject({
      action: "change",
      steps: [{ step: "ask", action: "changed", changes: [{ field: "content.body" }] }],
    });
  });

  test.each([
    ["purpose", "target:", "purpose: marketing\ntarget:", "transactional", "marketing"],
    ["enroll.reenroll", "steps:", "enroll: { reenroll: never }\nsteps:", "after_end", "never"],
    [
      "exit.goal",
      "steps:",
      'exit: { goal: contact.language == "pt" }\nsteps:',
      null,
      'contact.language == "pt"',
    ],
    [
      "exit.events",
      "steps:",
      "exit: { events: [reply, conversation_resolved] }\nsteps:",
      "reply",
      "reply, conversation_resolved",
    ],
    [
      "triggers",
      "steps:",
      "triggers: [{ event: contact.created, if: contact.email }]\nsteps:",
      null,
      "contact.created if contact.email",
    ],
  ])("its own %s, in words", (field, from, to, before, after) => {
    expect(visitIn(diffOf("visit.yaml", from, to)).changes).toEqual([{ field, before, after }]);
  });
});

describe("what becomes of the steps", () => {
  test.each([
    ["wait", "wait: 3 days", "wait: 4 hours", "3 days", "4 hours"],
    ["at", '"09:30"', '"10:00"', "09:30", "10:00"],
    ["if", "wait: 3 days", "wait: 3 days\n    if: contact.email", null, "contact.email"],
    ["if_past", "wait: 3 days", "wait: 3 days\n    if_past: send", "skip", "send"],
    [
      "expires_after",
      "wait: 3 days",
      "wait: 3 days\n    expires_after: 1 business day",
      "2 days",
      "1 business day",
    ],
    ["channel", "3 days\n    channel: email", "3 days\n    channel: sms", "email", "sms"],
    [
      "on_failure.channels",
      "wait: 3 days",
      "wait: 3 days\n    on_failure: { channels: [sms] }",
      "none",
      "sms",
    ],
    ["content.subject", "Welcome aboard\n", "Ahoy\n", "Welcome aboard", "Ahoy"],
    [
      "content.channels.sms.body",
      "    content: { message: shared }",
      "    content: { subject: A word about your visit, body: We would love to hear how everything went yesterday., channels: { sms: { body: Hey } } }",
      null,
      "Hey",
    ],
    [
      "content.languages.pt.body",
      "    content: { message: shared }",
      "    content: { subject: A word about your visit, body: We would love to hear how everything went yesterday., languages: { pt: { body: Oi } } }",
      null,
      "Oi",
    ],
  ])("%s, as it is authored", (field, from, to, before, after) => {
    const [step, ...others] = visitIn(diffOf("visit.yaml", from, to)).steps;
    expect(others).toEqual([]);
    expect(step).toMatchObject({ action: "changed", moved: false });
    expect(step?.changes).toEqual([{ field, before, after }]);
  });

  test("only those that left the order have moved", () => {
    const found = visitIn(diffOf("visit.yaml", steps, "steps:\n$3$1$2"));
    expect(found.steps).toEqual([
      { step: "bye", action: "moved", from: 3, to: 1, moved: true, changes: [] },
    ]);
  });

  test("a step that moved and changed is told once, with both", () => {
    const text = visit
      .replace(steps, "steps:\n$3$1$2")
      .replace("5 business days", "6 business days");
    const found = visitIn(diffWorkspaces(stateOf(), stateOf({ "visit.yaml": text })));
    expect(found.steps).toMatchObject([
      { step: "bye", action: "changed", moved: true, changes: [{ field: "wait" }] },
    ]);
  });

  test("added and removed ones say all that they say, where they stand", () => {
    const found = visitIn(diffOf("visit.yaml", "id: ask", "id: asking"));
    expect(found.steps.map(({ step, action, from, to }) => [step, action, from, to])).toEqual([
      ["ask", "removed", 2, null],
      ["asking", "added", null, 2],
    ]);
    expect(found.steps[1]?.changes.slice(0, 2)).toEqual([
      { field: "wait", before: null, after: "3 days" },
      { field: "channel", before: null, after: "email" },
    ]);
  });
});

describe("attributes and live policy", () => {
  test("attributes that are new", () => {
    const added = "key: plan, type: text }\n  - { entity: contact, key: seats, type: number }";
    expect(diffOf("visit.yaml", "key: plan, type: text }", added).attributes).toEqual([
      { entity: "contact", key: "seats", type: "number" },
    ]);
  });

  test.each([
    ["send_hours", 'to: "08:00"', 'to: "09:00"', "every day 08:00-21:00", "every day 09:00-21:00"],
    [
      "send_hours",
      /quiet_hours.*/,
      'send_hours: { mon-fri: "09:00-18:00", sat: "10:00-12:00", holidays: closed }',
      "every day 08:00-21:00",
      "mon-fri 09:00-18:00; sat 10:00-12:00; sun closed; holidays closed",
    ],
    ["timezone", "Lisbon", "Berlin", "Europe/Lisbon", "Europe/Berlin"],
    ["zone", "timezone:", "zone: contact\ntimezone:", "workspace", "contact"],
    [
      "frequency_cap",
      "timezone:",
      "frequency_cap: { messages: 1, per: 7 days }\ntimezone:",
      null,
      "1 message per 7 days",
    ],
    [
      "business_days",
      "timezone:",
      'business_days: { week: [mon, tue], holidays: { country: PT, extra: ["2026-12-24"] } }\ntimezone:',
      "mon, tue, wed, thu, fri",
      "mon, tue; holidays of PT; closed on 2026-12-24",
    ],
    [
      "channels",
      "[email, sms]",
      "[sms, email]",
      "automatic: email, sms; email: mail; sms: text",
      "automatic: sms, email; email: mail; sms: text",
    ],
    ["on_blank", "timezone:", "on_blank: skip\ntimezone:", "hold", "skip"],
  ])("%s, in words", (field, from, to, before, after) => {
    const diff = diffOf("cadenza.yaml", from, to);
    expect(diff.policy).toEqual([{ field, before, after }]);
    expect(visitIn(diff).action).toBe("none");
  });

  test("an inbox is policy too", () => {
    const limited = "from: hi@example.com\nrate_limit: { messages: 5, per: 1 minute }";
    expect(diffOf("mail.yaml", "from: hi@example.com", limited).policy).toEqual([
      { field: "inbox mail.rate_limit", before: null, after: "5 messages per 1 minute" },
    ]);
  });
});
