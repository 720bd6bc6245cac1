import { describe, expect, it } from "vitest";
import { compile, type SourceFile } from "../../../core/language/index.ts";

const BASE: Readonly<Record<string, string>> = {
  "cadenza.yaml": "kind: Workspace\nname: Test\ntimezone: UTC\n",
  "mail.yaml": "kind: Inbox\nid: mail\nchannel: email\nprovider: outbox\n",
  "text.yaml": "kind: Inbox\nid: text\nchannel: sms\nprovider: outbox\n",
  "wa.yaml": "kind: Inbox\nid: wa\nchannel: whatsapp\nprovider: outbox\n",
  "note.yaml": "kind: MessageTemplate\nid: note\nsubject: A note\nbody: |\n  Hello there.\n",
  "due.yaml":
    "kind: WhatsAppTemplate\nid: due\ninbox: wa\nname: due\nlanguage: en\ncategory: utility\nbody: Charge {{1}} is due.\n",
  "sequences/a.yaml": `kind: Sequence
id: a
name: A name
description: What it is for.
target: charge
steps:
  - id: first
    name: The first
    wait: 1 day
    content:
      subject: Charge {{ charge.number }}
      body: Charge {{ charge.number }} is due.
    outside_window: { template: due, parameters: ["{{ charge.number }}"] }
  - id: second
    wait: 3 days before charge.due_on
    at: "09:30"
    channel: email
    content: { message: note }
`,
};

function digestOf(files: Readonly<Record<string, string>>): string {
  const sources: SourceFile[] = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { sequences, diagnostics } = compile(sources);
  expect(diagnostics).toEqual([]);
  expect(sequences).toHaveLength(1);
  return sequences[0]!.digest;
}

/** The base with one text of one file replaced. */
function changed(path: string, from: string, to: string): Readonly<Record<string, string>> {
  const text = BASE[path]!;
  expect(text).toContain(from);
  return { ...BASE, [path]: text.replace(from, to) };
}

const A = "sequences/a.yaml";
const digest = digestOf(BASE);

describe("the digest", () => {
  it("is a SHA-256 in hex", () => {
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["a comment", A, "steps:", "# who reads this\nsteps: # and that"],
    ["the order of keys", A, "id: a\nname: A name\n", "name: A name\nid: a\n"],
    [
      "the order of a step's keys",
      A,
      "    name: The first\n    wait: 1 day\n",
      "    wait: 1 day\n    name: The first\n",
    ],
    ["a name", A, "A name", "Another"],
    ["a description", A, "What it is for.", "Something else."],
    ["a step's name", A, "The first", "The very first"],
    ["the purpose that is the default", A, "target:", "purpose: transactional\ntarget:"],
    [
      "the enrolling that is the default",
      A,
      "steps:",
      "enroll: { reenroll: after_end, one_per: target }\nsteps:",
    ],
    ["the exit that is the default", A, "steps:", "exit: { events: [reply] }\nsteps:"],
    ["the channel that is the default", A, "wait: 1 day", "wait: 1 day\n    channel: automatic"],
    ["the expiry that is the default", A, "wait: 1 day", "wait: 1 day\n    expires_after: 2 days"],
    [
      "the failure that is the default",
      A,
      "wait: 1 day",
      "wait: 1 day\n    on_failure: { retry: 5, channels: [], then: continue }",
    ],
    ["other defaults", A, "wait: 1 day", "wait: 1 day\n    if_past: skip\n    compose: static"],
    ["the type that content has anyway", A, "content:\n", "content:\n      type: text\n"],
    ["another way to write a wait", A, "wait: 1 day", "wait: 1 days"],
    [
      "another way to write a text",
      A,
      "body: Charge {{ charge.number }} is due.",
      "body: |\n        Charge {{ charge.number }} is due.",
    ],
    [
      "what a shared message is described as",
      "note.yaml",
      "id: note",
      "id: note\ndescription: Shared.",
    ],
    [
      "workspace policy",
      "cadenza.yaml",
      "timezone: UTC",
      "timezone: Europe/Berlin\nquiet_hours: { from: '21:00', to: '08:00' }",
    ],
    ["an inbox's settings", "mail.yaml", "provider: outbox", "provider: outbox\nconcurrency: 2"],
  ])("is the same whatever %s", (_, path, from, to) => {
    expect(digestOf(changed(path, from, to))).toBe(digest);
  });

  it("is the same wherever the file is", () => {
    const { [A]: text = "", ...rest } = BASE;
    expect(digestOf({ ...rest, "elsewhere/b.yml": text })).toBe(digest);
  });

  it("is of what the steps come to, not of where a setting was written", () => {
    const text = BASE[A]!.replace("    channel: email\n", "")
      .replace("wait: 1 day", "wait: 1 day\n    channel: automatic")
      .replace("steps:", "defaults: { channel: email }\nsteps:");
    expect(digestOf({ ...BASE, [A]: text })).toBe(digest);
  });

  it.each([
    ["a text", A, "is due.", "is due!"],
    ["a space in a text", A, "is due.", "is  due."],
    ["a subject", A, "subject: Charge", "subject: Your charge"],
    ["a shared message", "note.yaml", "Hello there.", "Hello."],
    ["an approved template", "due.yaml", "is due.", "is due now."],
    ["a template's language", "due.yaml", "language: en", "language: de"],
    ["a parameter", A, '"{{ charge.number }}"', '"{{ charge.id }}"'],
    ["a wait", A, "1 day", "2 days"],
    ["the unit of a wait", A, "1 day", "1 business day"],
    ["a time of day", A, "09:30", "09:31"],
    ["a condition", A, "wait: 1 day", 'wait: 1 day\n    if: charge.status != "paid"'],
    ["a step's id", A, "id: first", "id: begin"],
    ["the purpose", A, "target:", "purpose: marketing\ntarget:"],
    ["the goal", A, "steps:", 'exit: { goal: charge.status == "paid" }\nsteps:'],
    ["an expiry", A, "wait: 1 day", "wait: 1 day\n    expires_after: 3 days"],
    ["fallbacks", A, "wait: 1 day", "wait: 1 day\n    on_failure: { channels: [sms] }"],
  ])("changes with %s", (_, path, from, to) => {
    const files = changed(path, from, to);
    const sources = Object.entries(files).map(([name, text]) => ({ path: name, text }));
    const { sequences } = compile(sources);
    expect(sequences).toHaveLength(1);
    expect(sequences[0]!.digest).not.toBe(digest);
  });

  it("changes with the order of steps", () => {
    const [head = "", ...steps] = BASE[A]!.split("  - id: ");
    const turned = [head, ...steps.toReversed()].join("  - id: ");
    expect(digestOf({ ...BASE, [A]: turned })).not.toBe(digest);
  });
});
