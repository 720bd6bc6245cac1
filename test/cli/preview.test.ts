import { describe, expect, test } from "vitest";
import type { Preview } from "../../cli/previews.ts";
import { cadenza } from "../support/cli.ts";

const start = ["--start", "2026-03-27T20:30:00"];

describe("preview of what ships", () => {
  test("every sequence for every persona that fits, as JSON", async () => {
    const { code, out } = await cadenza(["preview", "--output", "json", ...start]);
    expect(code).toBe(0);
    const previews = JSON.parse(out) as Preview[];
    expect(new Set(previews.map(({ sequence }) => sequence))).toEqual(
      new Set(["billing", "reactivation", "welcome"]),
    );
    for (const { steps } of previews) {
      expect(steps).toHaveLength(steps.length >= 3 ? 3 : 2);
      for (const step of steps) {
        expect(Object.keys(step).slice(0, 12)).toEqual([
          "step",
          "due_at",
          "channel",
          "inbox",
          "reason",
          "skipped",
          "subject",
          "text",
          "html",
          "segments",
          "template",
          "diagnostics",
        ]);
      }
    }
  });

  test("dates keep quiet hours in the contact's own zone, over a change of the clock", async () => {
    const { out } = await cadenza([
      "preview",
      "billing",
      "--persona",
      "maya-invoice",
      "--output",
      "json",
      ...start,
    ]);
    const [preview] = JSON.parse(out) as Preview[];
    expect(preview?.start).toMatch(/[+-]\d\d:\d\d$/);
    const due = preview?.steps.map((step) => step.due_at?.slice(11, 16)) ?? [];
    expect(due).toHaveLength(3);
    for (const time of due) expect(time! >= "08:00" && time! < "21:00").toBe(true);
  });

  test("for people: a dated timeline", async () => {
    const { code, out } = await cadenza([
      "preview",
      "welcome",
      "--persona",
      "noah-new-member",
      ...start,
    ]);
    expect(code).toBe(0);
    expect(out).toContain("to noah-new-member");
    expect(out).toMatch(/hello {2}\w{3} \d+ \w{3} 2026 \d\d:\d\d/);
  });

  test("the same files and start give the same answer", async () => {
    const argv = ["preview", "--output", "json", ...start];
    expect(await cadenza(argv, { now: "2026-01-01T00:00:00Z" })).toEqual(
      await cadenza(argv, { now: "2027-07-07T00:00:00Z" }),
    );
  });
});
