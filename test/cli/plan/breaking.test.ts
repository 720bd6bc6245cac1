import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BreakingRule } from "../../../core/language/diff/index.ts";
import { FILES } from "../../core/language/diff/states.ts";
import { cadenza } from "../../support/cli.ts";
import { plannedRepository, sequenceIn, type Planned } from "./repository.ts";

let repository: Planned;
beforeEach(async () => {
  repository = await plannedRepository();
});
afterEach(() => repository.remove());

const visit = FILES["visit.yaml"]!;

/** One change of `visit.yaml` for each rule, and the line that it is told of. */
const CHANGES: Readonly<Record<BreakingRule, { readonly text: string; readonly line: number }>> = {
  "step-removed": { text: visit.replace(/ {2}- id: ask[^]*?(?= {2}- id: bye)/, ""), line: 14 },
  "step-reused": {
    text: visit
      .replace("wait: 3 days\n    channel: email", "wait: 3 days\n    channel: sms")
      .replace("{ message: shared }", '"Parking behind the building stays closed on Friday."'),
    line: 14,
  },
  "wait-shortened": { text: visit.replace("wait: 3 days", "wait: 2 days"), line: 14 },
  "channel-changed": {
    text: visit.replace("3 days\n    channel: email", "3 days\n    channel: sms"),
    line: 14,
  },
  "variable-newly-required": {
    text: visit.replace('first_name | default("there")', "first_name"),
    line: 8,
  },
  "attribute-type-changed": {
    text: visit.replace("key: plan, type: text", "key: plan, type: list"),
    line: 6,
  },
  "target-changed": { text: visit.replace("target: contact", "target: deal"), line: 4 },
};

describe.each(Object.entries(CHANGES))("%s", (rule, { text, line }) => {
  // An attribute cannot change its type at all: publishing refuses it.
  const code = rule === "attribute-type-changed" ? 1 : 0;

  test("is told in every output, with its place", async () => {
    await repository.write({ "visit.yaml": text });
    const plan = await repository.planned();
    const found = plan.breaking.find((one) => one.rule === rule);
    expect(found).toMatchObject({ file: "visit.yaml", message: expect.stringMatching(/\w/) });
    expect(sequenceIn(plan).breaking).toContainEqual(found);
    expect({ code: plan.code, line: found?.line }).toEqual({ code, line });

    const pretty = await repository.plan("--output", "pretty");
    expect(pretty.out).toMatch(new RegExp(`! ${rule} .*\\(visit\\.yaml:${line}\\)\n +→ \\w`));
    const markdown = await repository.plan("--output", "markdown");
    expect(markdown.out).toMatch(
      new RegExp(`^- ⚠️ \\*\\*${rule}\\*\\*.*\\(\`visit\\.yaml:${line}\`\\)<br>→ \\w`, "m"),
    );
    expect([pretty.code, markdown.code]).toEqual([code, code]);
    expect((await repository.plan("--fail-on-breaking")).code).toBe(1);
  });

  test("is explained", async () => {
    const { code: explained, out } = await cadenza(["explain", rule]);
    expect(explained).toBe(0);
    expect(out).toContain(rule);
  });
});
