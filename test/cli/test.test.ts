import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cadenza } from "../support/cli.ts";

const FILES = {
  "cadenza.yaml": "kind: Workspace\nname: Harbour\ntimezone: Europe/Lisbon\n",
  "mail.yaml": "kind: Inbox\nid: mail\nchannel: email\nprovider: outbox\nfrom: hello@example.com\n",
  "ana.yaml":
    'kind: Persona\nid: ana\ncontact: { first_name: Ana, email: ana@example.com }\ncharge: { number: "7", status: pending }\n',
  "reminder.yaml": `kind: Sequence
id: reminder
target: charge
exit: { goal: charge.status == "paid" }
defaults: { channel: email }
steps:
  - { id: notice, wait: immediately, content: { subject: "Charge {{ charge.number }}", body: "Hi {{ contact.first_name | default('there') }}." } }
  - { id: nudge, wait: 2 days, if: charge.amount != 0, content: { subject: Still open, body: Still open. } }
`,
  "runs.test.yaml": `kind: SequenceTest
id: runs-through
sequence: reminder
persona: ana
start: 2026-03-02T09:00
expect:
  messages:
    - { step: notice, at: 2026-03-02T09:00, channel: email, subject: Charge 7, equals: Hi Ana. }
    - { step: nudge, at: +2 days }
  state: completed
`,
} as const;

const PAID = `kind: SequenceTest
id: paid
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: +1 day, set: { charge.status: paid } }
expect: { snapshot: true }
`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cadenza-test-"));
  for (const [name, text] of Object.entries(FILES)) write(name, text);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(root, name), text);
const edit = (name: keyof typeof FILES, from: string, to: string) =>
  write(name, FILES[name].replace(from, to));
const run = (argv: readonly string[] = [], env: Record<string, string> = {}) =>
  cadenza(["test", ...argv], { cwd: root, env: { CADENZA_CACHE: "off", ...env } });

describe("cadenza test", () => {
  test("a passing run is short", async () => {
    const { code, out, err } = await run();
    expect(out).toBe("✓ reminder › runs-through\n");
    expect(err).toMatch(/^1 test: 1 passed, in \d+ ms\n$/);
    expect(code).toBe(0);
  });

  test("a failing one says what was expected, what came, where, and what happened", async () => {
    edit("runs.test.yaml", "at: +2 days", "at: +3 days");
    const { code, out } = await run();
    expect(code).toBe(1);
    expect(out).toBe(`✗ reminder › runs-through
  runs.test.yaml:9:26 error nudge was sent at 2026-03-04T09:00, not at 2026-03-05T09:00 (scenario)
    8 │     - { step: notice, at: 2026-03-02T09:00, channel: email, subject: Charge 7, equals: Hi Ana. }
    9 │     - { step: nudge, at: +3 days }
      │                          ^^^^^^^

  what happened (Europe/Lisbon)
    Mon 2026-03-02 09:00  enrolled
    Mon 2026-03-02 09:00  sent notice by email (the step asks for email)
    Wed 2026-03-04 09:00  sent nudge by email (the step asks for email)
    Wed 2026-03-04 09:00  completed

`);
  });

  test.each([
    ["channel: email", "channel: sms", /notice was sent by email, not by sms/],
    ["subject: Charge 7", "subject: Charge 8", /notice has the subject "Charge 7"/],
    ["equals: Hi Ana.", "equals: Hi Bob.", /notice says something else/],
    ["equals: Hi Ana.", "contains: [Hi, Bob]", /notice does not say this/],
    ["    - { step: nudge, at: +2 days }\n", "", /nudge was sent at .*, and is not expected here/],
    ["step: notice, at", "step: nudge, at", /notice was sent .* and is not expected here/],
    ["state: completed", "state: exited", /the enrollment is completed, not exited/],
    ["state: completed", "state: active", /unless `until` stops it/],
    ["state: completed", "reason: goal", /the reason is none, not goal/],
    [
      "start: 2026",
      "given: [{ at: +1 day, event: reply }]\nstart: 2026",
      /nudge was not sent: the enrollment was exited \(reply\) by then/,
    ],
  ])("%s → %s", async (from, to, message) => {
    edit("runs.test.yaml", from, to);
    const { code, out } = await run();
    expect(out).toMatch(message);
    expect(code).toBe(1);
  });

  test("an invalid workspace is told as validate tells it", async () => {
    edit("runs.test.yaml", "step: nudge", "step: nugde");
    const { code, out, err } = await run();
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain('reminder has no step "nugde" (scenario-step)');
    expect(err).toContain('did you mean "nudge"?');
  });

  test("a workspace without tests is told so, and is no failure", async () => {
    await rm(join(root, "runs.test.yaml"));
    expect(await run()).toMatchObject({
      code: 0,
      out: "",
      err: expect.stringContaining("there are no tests yet") as string,
    });
  });
});

describe("the filter", () => {
  beforeEach(() =>
    write(
      "other.yaml",
      PAID.replace("id: paid", "id: other").replace("{ snapshot: true }", "{ state: exited }"),
    ),
  );

  test.each([
    ["runs-thr", ["runs-through"]],
    ["RUNS.test", ["runs-through"]],
    ["./other.yaml", ["other"]],
    ["reminder", ["other", "runs-through"]],
  ])("%s", async (filter, ids) => {
    const { code, out } = await run([filter, "--output", "json"]);
    const { tests } = JSON.parse(out) as { tests: { id: string }[] };
    expect(tests.map(({ id }) => id)).toEqual(ids);
    expect(code).toBe(0);
  });

  test("one that matches nothing fails", async () => {
    expect(await run(["runs-trough"])).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        "no test matches runs-trough; did you mean runs-through?",
      ) as string,
    });
  });
});

describe("snapshots", () => {
  const snap = () => join(root, "paid.test.yaml.snap");
  beforeEach(() => write("paid.test.yaml", PAID));

  test("are written once, hold, differ, and are written anew", async () => {
    const first = await run();
    expect(first).toMatchObject({ code: 0 });
    expect(first.out).toContain("(snapshot written)");
    expect(readFileSync(snap(), "utf8"))
      .toBe(`# Written by \`cadenza test --update\`. Review it as you would the texts.
paid: reminder, begun 2026-03-02 09:00 +00:00 (Europe/Lisbon)

== 2026-03-02 09:00 +00:00 sent notice: email by mail to ana@example.com (the step asks for email)
Subject: Charge 7

    Hi Ana.

== 2026-03-03 09:00 +00:00 set: charge.status = "paid"

== 2026-03-03 09:00 +00:00 exited: goal
`);
    expect(await run([], { CI: "true" })).toMatchObject({ code: 0 });

    edit("reminder.yaml", "Hi {{", "Hello {{");
    edit("runs.test.yaml", "Hi Ana", "Hello Ana");
    const changed = await run();
    expect(changed.code).toBe(1);
    expect(changed.out).toMatch(/-     Hi Ana\.\n +\+     Hello Ana\./);
    expect(changed.out).toContain("cadenza test --update");

    expect(await run(["--update"])).toMatchObject({ code: 0 });
    expect(readFileSync(snap(), "utf8")).toContain("Hello Ana.");
    expect(await run()).toMatchObject({ code: 0 });
  });

  test("one that is missing in CI fails, and is not written", async () => {
    const { code, out } = await run([], { CI: "true" });
    expect(code).toBe(1);
    expect(out).toContain("there is no snapshot paid.test.yaml.snap");
    expect(existsSync(snap())).toBe(false);
  });

  test("one that no test has is told, and removed by --update; what is not ours stays", async () => {
    await run();
    await rm(join(root, "paid.test.yaml"));
    write("notes.yaml.snap", "mine\n");
    const told = await run();
    expect(told.out).toContain("obsolete, no test has it: paid.test.yaml.snap");
    expect(told.code).toBe(0);
    expect(existsSync(snap())).toBe(true);
    await run(["--update", "runs"]);
    expect(existsSync(snap())).toBe(true);
    expect((await run(["--update"])).out).toContain("removed paid.test.yaml.snap");
    expect(existsSync(snap())).toBe(false);
    expect(existsSync(join(root, "notes.yaml.snap"))).toBe(true);
  });

  test("a link in a snapshot's place is never written through", async () => {
    const outside = join(root, "outside.txt");
    writeFileSync(outside, "precious");
    symlinkSync(outside, snap());
    expect(await run(["--update"])).toMatchObject({ code: 2 });
    expect(readFileSync(outside, "utf8")).toBe("precious");
  });
});

describe("coverage", () => {
  test("names the ways that no scenario took", async () => {
    const { code, out } = await run(["--coverage"]);
    expect(code).toBe(0);
    expect(out).toContain(`coverage: 2 of 5 ways, 40 %
  reminder: 2 of 5
    no scenario: nudge skipped by its condition
    no scenario: exit by reply
    no scenario: exit by goal
`);
  });

  test("more scenarios, more of it; too little of it fails where a least is asked for", async () => {
    write("paid.test.yaml", PAID.replace("snapshot: true", "state: exited"));
    const { code, out } = await run(["--coverage-min", "60", "--output", "json"]);
    expect(JSON.parse(out)).toMatchObject({ coverage: { reached: 3, total: 5, percent: 60 } });
    expect(code).toBe(0);
    const more = await run(["--coverage-min", "61"]);
    expect(more.code).toBe(1);
    expect(more.err).toContain("coverage is 60 %, and at least 61 % is asked for");
    expect(await run(["--coverage-min", "most"])).toMatchObject({ code: 2 });
  });
});

describe("outputs", () => {
  test("json has each test with what was sent and how it failed", async () => {
    edit("runs.test.yaml", "channel: email", "channel: sms");
    const { code, out } = await run(["--output", "json"]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      tests: [
        {
          id: "runs-through",
          sequence: "reminder",
          file: "runs.test.yaml",
          passed: false,
          failures: [{ line: 8, expected: "sms", actual: "email" }],
          messages: [
            { step: "notice", at: "2026-03-02T09:00:00+00:00", channel: "email", text: "Hi Ana." },
            { step: "nudge", at: "2026-03-04T09:00:00+00:00" },
          ],
          state: "completed",
          reason: null,
        },
      ],
      summary: { tests: 1, passed: 0, failed: 1 },
    });
  });

  test("junit has a suite for each sequence, and what anyone wrote is escaped", async () => {
    edit("runs.test.yaml", "equals: Hi Ana.", 'equals: "<b>&"');
    const { out } = await run(["--output", "junit"]);
    expect(out).toContain(
      '<testsuite name="reminder" tests="1" failures="1" errors="0" skipped="0">',
    );
    expect(out).toContain('name="runs-through" file="runs.test.yaml"');
    expect(out).toContain("expected: &lt;b&gt;&amp;");
  });

  test("what a text contains cannot steer the terminal", async () => {
    edit("reminder.yaml", "Hi {{", String.raw`\e[2JHi {{`);
    const { out } = await run();
    expect(out).not.toContain("\u001b");
  });
});
