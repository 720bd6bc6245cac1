import { expect, test } from "vitest";
import { parseExpression } from "../../../core/template/index.ts";
import { english, facts, scope, valueOf } from "./support.ts";

test.each([
  [`charge.status == "paid"`, true],
  [`charge.status != "paid"`, false],
  ["charge.amount > 10 and charge.amount <= 1234.5", true],
  ["not charge.payment_url", true],
  ["charge.amount", 1234.5],
  ["contact.custom.vip", true],
  ["contact.custom.missing", undefined],
  ["agent.name", undefined],
  ["contact", undefined],
  [`contact.custom.plan in ["x"]`, "refused"],
  [`"yoga" in contact.custom.interests`, true],
  [`"tango" in contact.custom.interests`, false],
  [`contact.custom.plan | default("none") == "plus"`, true],
  ["contact.custom.interests | length > 1", true],
  [`charge.due_on < "2026-04-01"`, true],
  ["charge.amount / 0", undefined],
  ["charge.number * 2", undefined],
  ["  charge.amount\n>\n10  ", true],
  [`charge.status == "}}"`, false],
  ["1 if charge.amount else 2", 1],
])("%s is %s", (source, value) => {
  if (value === "refused") expect(parseExpression(source).expression).toBeNull();
  else expect(valueOf(source)).toEqual(value);
});

test.each([
  ["0", false],
  ["''", false],
  ["' '", false],
  ["none", false],
  ["false", false],
  ["contact.custom.empty", false],
  ["contact.missing", false],
  ["-1", true],
  ["'false'", true],
  ["contact.custom.interests", true],
])("%s counts as %s", (source, answer) => {
  expect(parseExpression(source).expression?.test(facts, english)).toBe(answer);
});

test("knows its variables, all of them guarded", () => {
  const source = `charge.status == "paid" and contact.custom.plan`;
  const { expression } = parseExpression(source, scope);
  expect(expression?.source).toBe(source);
  expect(expression?.variables).toEqual([
    { path: "charge.status", start: 0, end: 13, guarded: true },
    { path: "contact.custom.plan", start: 28, end: 47, guarded: true },
  ]);
});

test("gives up on what would take too much, without throwing", () => {
  const data = { ...facts, contact: { custom: { long: "x".repeat(70_000) } } };
  const { expression } = parseExpression("contact.custom.long | upper == 'X'");
  expect(expression?.evaluate(data, english)).toBeUndefined();
  expect(expression?.test(data, english)).toBe(false);
});
