import { describe, expect, test } from "vitest";
import type { Entry, Life } from "./history.ts";
import { live } from "./life.ts";
import { broken } from "./promises.ts";
import { DAY, MINUTE, type Scenario } from "./scenario.ts";

const weekdays = [{ from: 9 * 60, to: 17 * 60 }];
const step = (id: string) =>
  ({
    id,
    wait: { kind: "after", n: 1, unit: "day" },
    if_past: "skip",
    channel: "email",
    content: { type: "text", subject: "s", body: "" },
    source: { file: "sequences/test.yaml", line: 1 },
  }) as const;

const scenario: Scenario = {
  steps: [step("s0"), step("s1")],
  zone: "America/New_York",
  governs: "workspace",
  person: { email: "ana@example.com", phone: null, timezone: null },
  holidays: [],
  week: [1, 2, 3, 4, 5],
  hours: {
    days: {
      1: weekdays,
      2: weekdays,
      3: weekdays,
      4: weekdays,
      5: weekdays,
      6: [],
      7: [],
    },
    holidays: null,
  },
  date: null,
  paid: false,
  start: Date.parse("2026-03-02T15:00:00Z"),
  actions: [],
  answers: ["sent"],
};

type Sent = Extract<Entry, { position: unknown }>;

/** The life as it was, but for its first send. */
async function tampered(change: (sent: Sent) => readonly Entry[]): Promise<Life> {
  const { entries, ...rest } = await live(scenario);
  const [first, ...others] = entries;
  if (first === undefined || first.kind === "passed") throw new Error("nothing was sent");
  return { entries: [...change(first), ...others], ...rest };
}

describe("a life that breaks a promise is found out", () => {
  test("the life itself breaks none, and sends both", async () => {
    const life = await live(scenario);
    expect(broken(scenario, life)).toEqual([]);
    expect(life.entries.map((one) => one.kind)).toEqual(["sent", "sent"]);
    expect(life.state.life).toBe("completed");
  });

  test.each<[string, (sent: Sent) => readonly Entry[]]>([
    ["before it was due", (sent) => [{ ...sent, at: sent.position.due - 1 }]],
    ["earlier than its wait", (sent) => [{ ...sent, at: sent.at - DAY }]],
    ["after it expired", (sent) => [{ ...sent, at: sent.position.expires }]],
    ["outside sending hours", (sent) => [{ ...sent, at: sent.at + 10 * 60 * MINUTE }]],
    ["while it was stopped", (sent) => [{ ...sent, isStopped: true }]],
    ["to who opted out", (sent) => [{ ...sent, suppressed: ["email"] }]],
    ["not its version", (sent) => [{ ...sent, edition: 2 }]],
    ["sent twice", (sent) => [sent, sent]],
    ["a step was lost", () => []],
  ])("%s", async (words, change) => {
    const wrong = broken(scenario, await tampered(change)).join("\n");
    expect(wrong).toContain(words);
  });
});
