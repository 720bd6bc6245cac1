import { describe, expect, test } from "vitest";
import { sampleValues, settleValues } from "../../../core/library/settle.ts";
import type { TemplateParameter } from "../../../schemas/index.ts";

const parameters: Record<string, TemplateParameter> = {
  business: { type: "text", description: "-", example: "Harbour Dental" },
  link: { type: "link", description: "-" },
  wait: { type: "duration", description: "-", default: "2 days" },
  tone: { type: "choice", description: "-", options: ["warm", "brief"] },
};
const settle = (given: Record<string, string>) =>
  settleValues(parameters, new Map(Object.entries(given)));

describe("settling values", () => {
  test("what is given wins over defaults", () => {
    const { values, missing, problems } = settle({
      business: "B",
      link: "https://example.com",
      tone: "warm",
      wait: "1 hour",
    });
    expect(Object.fromEntries(values)).toEqual({
      business: "B",
      link: "https://example.com",
      wait: "1 hour",
      tone: "warm",
    });
    expect([...missing, ...problems]).toEqual([]);
  });

  test("everything that is wrong is told at once", () => {
    const { values, missing, problems } = settle({ busines: "B", tone: "warn", wait: "soon" });
    expect(missing).toEqual(["business", "link"]);
    expect(problems.map(({ message }) => message)).toEqual([
      "there is no parameter busines; did you mean business?",
      expect.stringContaining('wait: "soon" is no length of time'),
      'tone: "warn" is none of its options; did you mean "warm"?',
    ]);
    expect(values.size).toBe(0);
  });

  test("names that every object has are no parameters", () => {
    expect(settle({ constructor: "x" }).problems).toHaveLength(1);
    expect(settleValues(undefined, new Map([["toString", "x"]])).problems).toHaveLength(1);
  });
});

test("a template is shown with its examples, its defaults, and else with something of the type", () => {
  expect(Object.fromEntries(sampleValues(parameters))).toEqual({
    business: "Harbour Dental",
    link: "https://example.com/",
    wait: "2 days",
    tone: "warm",
  });
});
