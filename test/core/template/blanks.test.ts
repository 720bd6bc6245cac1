import { expect, test } from "vitest";
import type { Facts } from "../../../core/facts.ts";
import { facts, render, template } from "./support.ts";

const bare: Facts = {
  contact: { first_name: "  ", name: null, custom: { interests: [], tags: ["a", ""] } },
  charge: { amount: 12, number: "A-1" },
  workspace: { name: "Northlight", address: null },
  enrollment: { id: "e1", started_at: "2026-03-01T09:00:00Z" },
};

test.each([
  ["{{ contact.first_name }}", ["contact.first_name"]],
  ["{{ contact.name }}", ["contact.name"]],
  ["{{ contact.email }}", ["contact.email"]],
  ["{{ agent.name }}", ["agent.name"]],
  ["{{ unsubscribe_url }}", ["unsubscribe_url"]],
  ["{{ contact.custom.interests }}", ["contact.custom.interests"]],
  ["{{ contact }}", ["contact"]],
  ["{{ contact.name | upper }}", ["contact.name"]],
  ["{{ contact.name | title | truncate(10) }}", ["contact.name"]],
  ["{{ 'Hi ' ~ contact.name }}", ["contact.name"]],
  ["{{ 'Hi ' + contact.name }}", ["contact.name"]],
  ["{{ contact.custom.score * 2 }}", ["contact.custom.score"]],
  ["{{ -contact.custom.score }}", ["contact.custom.score"]],
  ["{{ charge.number ~ contact.name }}", ["contact.name"]],
  ["{{ (charge.number ~ contact.name) | upper }}", ["contact.name"]],
  ["{{ -charge.number }}", ["charge.number"]],
  ["{{ contact.name }} {{ contact.email }} {{ contact.name }}", ["contact.name", "contact.email"]],
  ["{{ contact.name or contact.email }}", ["contact.email"]],
  ["{{ contact.name | default(contact.email) }}", ["contact.email"]],
  ["{{ contact.name if charge.amount }}", ["contact.name"]],
  ["{{ charge.amount and contact.name }}", ["contact.name"]],
  ["{% if charge.amount %}{{ contact.name }}{% endif %}", ["contact.name"]],
  // A currency that is not there leaves the amount without a meaning.
  ["{{ charge.amount | currency }}", ["charge.currency"]],
  // Not blank, but nothing is left of it to show.
  ["{{ charge.number | replace('A-1', '') }}", ["charge.number"]],
  ["{{ charge.number | time }}", ["charge.number"]],
  ["{{ charge.number * 2 }}", ["charge.number"]],
  ["{{ charge.amount / 0 }}", ["charge.amount"]],
  ["{{ contact.custom.tags | last }}", ["contact.custom.tags"]],
  ["{% for tag in contact.custom.tags %}{{ tag }},{% endfor %}", ["contact.custom.tags"]],
])("holds %s", (source, variables) => {
  expect(render(source, {}, bare)).toEqual({ kind: "blank", variables });
});

test.each([
  ["{{ contact.first_name | default('there') }}", "there"],
  ["{{ contact.first_name | default('there', true) }}", "there"],
  ["{{ contact.name | default('there') | upper }}", "THERE"],
  ["{{ contact.name | upper | default('there') }}", "there"],
  ["{{ contact.name | default(contact.email) | default('there') }}", "there"],
  ["{{ contact.name | default('') }}", ""],
  ["{{ contact.custom.interests | default('none') }}", "none"],
  ["{{ (charge.amount | currency) | default('an amount') }}", "an amount"],
  ["{{ ('Hi ' ~ contact.name) | default('Hello') }}", "Hello"],
  ["{{ (charge.amount + contact.custom.score) | default('a sum') }}", "a sum"],
  ["{{ (contact.name | default('')) ~ '!' }}", "!"],
  ["{{ (contact.name | default('') | upper) ~ '!' }}", "!"],
  ["{{ ('Dr. ' if contact.custom.doctor) ~ charge.number }}", "A-1"],
  ["{{ (contact.name and 'Hi ') ~ charge.number }}", "A-1"],
  ["{{ none ~ '' }}", ""],
  ["{{ contact.name or 'there' }}", "there"],
  ["{{ contact.name if contact.name else 'there' }}", "there"],
  ["{{ contact.name if contact.name }}", ""],
  ["{{ contact.name and 'Hi ' ~ contact.name }}", ""],
  ["{% if contact.name %}{{ contact.name }}{% endif %}", ""],
  ["{% if contact.name %}{{ contact.name }}{% else %}there{% endif %}", "there"],
  ["{% if not contact.name %}there{% else %}{{ contact.name }}{% endif %}", "there"],
  ["{% if contact.name == '' %}none{% endif %}", "none"],
  ["{{ contact.name == 'Ana' }}", "false"],
  ["{{ contact.name is defined }}", "false"],
  ["{{ contact.custom.interests | length == 0 }}", "false"],
  ["{% for tag in contact.custom.interests %}{{ tag }}{% endfor %}", ""],
  ["{% for tag in contact.custom.interests %}{{ tag }}{% else %}none{% endfor %}", "none"],
  ["{{ 0 }} {{ charge.amount > 100 }}", "0 false"],
])("does not hold %s", (source, text) => {
  expect(render(source, {}, bare)).toEqual({ kind: "text", text });
});

test("shows what is false or nothing as a number", () => {
  const data = { ...facts, contact: { custom: { vip: false, score: 0 } } };
  const source =
    "{{ contact.custom.vip }} {{ contact.custom.score }} {{ contact.custom.score | number }}";
  expect(render(source, {}, data)).toEqual({ kind: "text", text: "false 0 0" });
});

const unguarded = (source: string) =>
  template(source)
    .variables.filter(({ guarded }) => !guarded)
    .map(({ path }) => path);

test.each([
  ["{{ contact.name }}", ["contact.name"]],
  ["{{ contact.name | upper }}", ["contact.name"]],
  ["{{ contact.name | default('x') }}", []],
  ["{{ contact.name | upper | default('x') }}", []],
  ["{{ contact.name | default(contact.email) }}", ["contact.email"]],
  ["{{ contact.name or contact.email }}", ["contact.email"]],
  ["{{ contact.name and 'Hi ' ~ contact.name }}", []],
  ["{{ contact.name if contact.name else contact.email }}", ["contact.email"]],
  ["{% if contact.name %}{{ contact.name }} {{ contact.email }}{% endif %}", ["contact.email"]],
  ["{% if contact.name %}{{ contact.name }}{% endif %}{{ contact.name }}", ["contact.name"]],
  ["{% if not contact.name %}x{% else %}{{ contact.name }}{% endif %}", []],
  ["{% if contact.name %}a{% elif contact.email %}{{ contact.email }}{% endif %}", []],
  ["{% if contact.name %}{% if charge.amount %}{{ contact.name }}{% endif %}{% endif %}", []],
  [
    "{% for i in contact.custom.interests %}{{ i }} {{ contact.name }}{% endfor %}",
    ["contact.name"],
  ],
  ["{{ charge.amount | currency }}", ["charge.amount", "charge.currency"]],
  ["{{ charge.amount == contact.custom.score }}", []],
])("lists what %s shows unguarded", (source, paths) => {
  expect(unguarded(source)).toEqual(paths);
});

test("keeps a long chain of conditions short", () => {
  const uses = template(`{{ ${"contact.name and ".repeat(50)}contact.email }}`).variables;
  expect(uses).toHaveLength(51);
});

test("lists every variable once per place, with its place", () => {
  const source = "Hi {{ contact.name }},\n{% if charge.status %}{{ contact['name'] }}{% endif %}";
  const uses = template(source).variables.map(({ path, start, end, guarded }) => [
    path,
    source.slice(start, end),
    guarded,
  ]);
  expect(uses).toEqual([
    ["contact.name", "contact.name", false],
    ["charge.status", "charge.status", true],
    ["contact.name", "contact['name']", false],
  ]);
});
