import { describe, expect, test } from "vitest";
import { diffWorkspaces } from "../../../../core/language/diff/index.ts";
import { diffOf, FILES, stateOf, visitIn } from "./states.ts";

const visit = FILES["visit.yaml"] ?? "";
const rules = (from: string | RegExp, to: string) =>
  visitIn(diffOf("visit.yaml", from, to)).breaking.map(({ rule }) => rule);

describe("a wait is shortened where the step comes sooner", () => {
  test.each([
    ["wait: 3 days", "wait: 2 days", true],
    ["wait: 3 days", "wait: 71 hours", true],
    ["wait: 3 days", "wait: immediately", true],
    ["wait: 3 days", "wait: 3 business days", false],
    ["wait: 3 days", "wait: 4 days", false],
    ["wait: 3 days", "wait: 72 hours", false],
    ["wait: 5 business days", "wait: 5 days", true],
    ["wait: 5 business days", "wait: 7 days", false],
    ["wait: immediately", "wait: 1 hour", false],
    // It now counts from a date, which may be any.
    ["wait: 3 days", "wait: 1 hour after contact.custom.since", false],
  ])("%s → %s", (from, to, isShorter) => {
    const since = (text: string) =>
      text.replace(
        "attributes:\n",
        "attributes:\n  - { entity: contact, key: since, type: datetime }\n",
      );
    const before = stateOf({ "visit.yaml": since(visit) });
    const after = stateOf({ "visit.yaml": since(visit).replace(from, to) });
    const found = visitIn(diffWorkspaces(before, after)).breaking.map(({ rule }) => rule);
    expect(found.includes("wait-shortened")).toBe(isShorter);
  });

  test.each([
    ["3 days before", "4 days before", true],
    ["3 days before", "2 days before", false],
    ["3 days after", "2 days after", true],
    ["3 days after", "1 day before", true],
  ])("%s a date → %s", (from, to, isShorter) => {
    const on = (wait: string) =>
      visit
        .replace(
          "attributes:\n",
          "attributes:\n  - { entity: contact, key: since, type: datetime }\n",
        )
        .replace("wait: 3 days", `wait: ${wait} contact.custom.since`);
    const states = [on(from), on(to)].map((text) => stateOf({ "visit.yaml": text }));
    const found = visitIn(diffWorkspaces(states[0]!, states[1]!)).breaking;
    expect(found.map(({ rule }) => rule)).toEqual(isShorter ? ["wait-shortened"] : []);
  });
});

describe("steps", () => {
  test("one that is gone is told where it was", () => {
    const found = visitIn(diffOf("visit.yaml", /  - id: ask[^-]*shared \}\n/, ""));
    expect(found.breaking).toMatchObject([
      { rule: "step-removed", step: "ask", file: "visit.yaml", line: 14, side: "before" },
    ]);
    expect(found.breaking[0]?.hint).toContain("--map ask=…");
  });

  test("one that was only renamed", () => {
    const [found] = visitIn(diffOf("visit.yaml", "id: ask", "id: asking")).breaking;
    expect(found?.hint).toContain("asking says the same: keep the id ask");
  });

  test.each([
    ["3 days\n    channel: email", "3 days\n    channel: sms", ["channel-changed"]],
    // Another wording of the same is none of these.
    ["Goodbye and thanks", "Farewell and thanks", []],
    ["wait: 3 days", "wait: 4 days", []],
  ])("%s → %s", (from, to, expected) => {
    expect(rules(from, to)).toEqual(expected);
  });

  test("an id that stays and means another thing", () => {
    const other =
      "wait: 9 days\n    channel: email\n    content:\n      subject: Invoice overdue\n      body: Please transfer the outstanding amount before Friday.";
    const found = visitIn(
      diffOf(
        "visit.yaml",
        /wait: 3 days\n    channel: email\n    content: \{ message: shared \}/,
        other,
      ),
    );
    expect(found.breaking.map(({ rule, step }) => [rule, step])).toEqual([["step-reused", "ask"]]);
  });

  const reworded = "Guten Tag! Wie fanden Sie den gestrigen Besuch bei uns im Hafen?";
  test.each([
    ["in another language, at the same time", "wait: 3 days", reworded, []],
    ["in another language, a day later", "wait: 4 days", reworded, []],
    ["all new, at twice the time", "wait: 6 days", reworded, ["step-reused"]],
    ["all new, at once", "wait: immediately", reworded, ["step-reused", "wait-shortened"]],
    ["all new, on a date", "wait: 3 days after enrollment.started_at", reworded, ["step-reused"]],
    [
      "mostly the same, at another time",
      "wait: 9 days",
      "We would really love to hear how everything went.",
      [],
    ],
    // Too few words to tell.
    ["a word, at another time", "wait: 9 days", "Thanks!", []],
  ])("what is said is %s", (_, wait, body, expected) => {
    const other = `${wait}\n    channel: email\n    content: { subject: Visit, body: "${body}" }`;
    const from = /wait: 3 days\n    channel: email\n    content: \{ message: shared \}/;
    expect(rules(from, other)).toEqual(expected);
  });

  test("two steps that swap their ids", () => {
    const swapped = visit
      .replace("id: hello", "id: x")
      .replace("id: ask", "id: hello")
      .replace("id: x", "id: ask");
    const found = visitIn(diffWorkspaces(stateOf(), stateOf({ "visit.yaml": swapped })));
    const reused = found.breaking.filter(({ rule }) => rule === "step-reused");
    expect(reused.map(({ step }) => step)).toEqual(["ask", "hello"]);
  });
});

describe("data", () => {
  test.each([
    ['contact.first_name | default("there")', "contact.first_name", ["variable-newly-required"]],
    [
      "welcome aboard our",
      "welcome, {{ contact.company }}, aboard our",
      ["variable-newly-required"],
    ],
    [
      "welcome aboard our",
      "welcome{% if contact.company %} {{ contact.company }}{% endif %} aboard our",
      [],
    ],
    ["welcome aboard our", "welcome, {{ contact.id }}, aboard our", []],
  ])("%s → %s", (from, to, expected) => {
    expect(rules(from, to)).toEqual(expected);
  });

  test("a target that is another one", () => {
    expect(visitIn(diffOf("visit.yaml", "target: contact", "target: deal")).breaking).toMatchObject(
      [{ rule: "target-changed", line: 4, side: "after" }],
    );
  });

  test("an attribute whose type changes, in every sequence that uses it", () => {
    const diff = diffOf("visit.yaml", "key: plan, type: text", "key: plan, type: list");
    const expected = { rule: "attribute-type-changed", file: "visit.yaml", line: 6 };
    expect(diff.breaking).toMatchObject([expected]);
    expect(visitIn(diff)).toMatchObject({ action: "none", breaking: [expected] });
    expect(diff.attributes).toEqual([]);
  });

  test("an attribute that no sequence uses is told all the same", () => {
    const attribute = "kind: CustomAttribute\nid: a\nentity: deal\nkey: kind\ntype: text\n";
    const diff = diffWorkspaces(
      stateOf({ "a.yaml": attribute }),
      stateOf({ "a.yaml": attribute.replace("type: text", "type: number") }),
    );
    expect(diff.breaking).toMatchObject([
      { rule: "attribute-type-changed", file: "a.yaml", line: 4 },
    ]);
    expect(visitIn(diff).breaking).toEqual([]);
  });
});
