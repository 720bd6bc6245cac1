import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { parseExpression, parseTemplate } from "../../../core/template/index.ts";
import { scope } from "./support.ts";

const RULES = [
  "template-syntax",
  "template-forbidden",
  "template-too-big",
  "unknown-variable",
  "unknown-filter",
];

const touch = "globalThis.touched = true";

afterEach(() => {
  expect(Reflect.has(globalThis, "touched")).toBe(false);
});

/** Refused whatever the scope, because of what they are. */
const refused: readonly string[] = [
  // Ways to the Function constructor.
  `{{ range.constructor("${touch}")() }}`,
  `{{ "".constructor.constructor("${touch}")() }}`,
  `{{ (1).constructor }}`,
  `{{ ""["con" ~ "structor"] }}`,
  `{{ ""["constructor"]["constructor"]("${touch}")() }}`,
  `{{ contact["con" ~ "structor"] }}`,
  `{{ contact["constructor"] }}`,
  `{{ contact["con\\structor"] }}`,
  `{{ contact.name.constructor.constructor("${touch}")() }}`,
  `{{ contact["__proto__"]["constructor"] }}`,
  `{{ contact.__proto__ }}`,
  `{{ contact.prototype }}`,
  `{{ contact.__defineGetter__ }}`,
  `{{ contact.__lookupGetter__("x") }}`,
  `{{ contact.custom.__proto__.polluted }}`,
  `{{ constructor }}`,
  `{{ __proto__ }}`,
  `{{ constructor.constructor("${touch}")() }}`,
  `{{ contact | constructor }}`,
  `{{ contact.name | __proto__ }}`,
  `{{ [contact.name] | join(",", "constructor") }}`,
  `{{ contact.custom.interests | join(",", "constructor") }}`,
  `{{ contact.custom.interests | sum("constructor") }}`,
  `{{ contact.name | attr("constructor") }}`,
  `{{ contact.custom.interests | groupby("constructor") }}`,
  `{{ contact.custom.interests | map("constructor") }}`,
  `{% for constructor in contact.custom.interests %}{% endfor %}`,
  `{% for item in contact.custom.interests %}{{ item.constructor }}{% endfor %}`,
  `{% for item in contact.custom.interests %}{{ loop.constructor }}{% endfor %}`,
  `{% for item in contact.custom.interests %}{{ loop["constructor"] }}{% endfor %}`,
  // Calls.
  `{{ cycler("a", "b").next() }}`,
  `{{ joiner(",")() }}`,
  `{{ caller() }}`,
  `{{ super() }}`,
  `{{ loop() }}`,
  `{{ range(3) }}`,
  `{{ contact.name() }}`,
  `{{ contact["name"]() }}`,
  `{{ "a"("b") }}`,
  `{{ (contact.name)() }}`,
  `{{ contact.name | default("x")("y") }}`,
  `{{ contact.name | default("x").constructor }}`,
  `{{ contact.name | default("x")["constructor"] }}`,
  `{{ contact.name | upper() () }}`,
  `{{ contact.name | default(range(3)) }}`,
  `{{ charge.amount | currency(range(3)) }}`,
  `{% if range(3) %}{% endif %}`,
  // Work without end.
  `{% for i in range(100000000) %}{% endfor %}`,
  `{% for i in range(1e8) %}{% endfor %}`,
  `{{ contact.name | indent(100000000) }}`,
  `{{ contact.name | center(9000000000) }}`,
  `{{ contact.name | truncate(9000000000) }}`,
  `{{ contact.name | truncate(-1) }}`,
  `{{ contact.name | truncate(1.5) }}`,
  `{{ charge.amount | round(400) }}`,
  `{{ charge.amount | number(101) }}`,
  `{{ contact.name | replace(r/(a+)+$/, "") }}`,
  `{{ contact.name | replace("", "x") }}`,
  `{{ contact.name | replace("a", "${"b".repeat(201)}") }}`,
  `{{ contact.name | truncate(contact.custom.score) }}`,
  `{{ contact.name | truncate(length=5) }}`,
  `{{ r/a/g }}`,
  `{{ 2 ** 999999999 }}`,
  `{{ 7 // 2 }}`,
  // Statements.
  `{% set x = 1 %}`,
  `{% set x %}a{% endset %}`,
  `{% include "/etc/passwd" %}`,
  `{% import "a" as b %}`,
  `{% from "a" import b %}`,
  `{% extends "a" %}`,
  `{% block a %}{% endblock %}`,
  `{% macro a() %}{% endmacro %}`,
  `{% call a() %}{% endcall %}`,
  `{% call a.b %}{% endcall %}`,
  `{% raw %}{{ x }}{% endraw %}`,
  `{% verbatim %}{{ x }}{% endverbatim %}`,
  `{% raw %}\n{% raw %}\n{% endraw %}`,
  `{% filter upper %}a{% endfilter %}`,
  `{% switch contact.name %}{% case "a" %}b{% default %}c{% endswitch %}`,
  `{% asyncEach i in contact.custom.interests %}{% endeach %}`,
  `{% asyncAll i in contact.custom.interests %}{% endall %}`,
  `{% ifAsync contact.name %}{% endif %}`,
  `{% constructor %}`,
  `{% __proto__ %}`,
  // Values that are not of the dialect.
  `{{ [1, 2] }}`,
  `{{ {a: 1} }}`,
  `{{ {"__proto__": 1} }}`,
  `{{ (1, 2) }}`,
  `{{ contact[0] }}`,
  `{{ contact[contact.name] }}`,
  `{{ contact["na" + "me"] }}`,
  `{{ contact[("name")] }}`,
  `{{ contact[] }}`,
  `{{ contact["a.b"] }}`,
  `{{ contact.name is string }}`,
  `{{ contact.name is callable }}`,
  `{{ contact.name is sameas(contact) }}`,
  `{% for a, b in contact.custom %}{% endfor %}`,
  `{% for a in [1] %}{% endfor %}`,
  `{% for a in "abc" %}{% endfor %}`,
  `{% for a in contact.custom.interests | join %}{% endfor %}`,
  `{% for loop in contact.custom.interests %}{% endfor %}`,
  `{% for a in contact.custom.interests %}{% for b in a %}{% endfor %}{% endfor %}`,
  `{% for a in contact.custom.interests %}{% for b in loop %}{% endfor %}{% endfor %}`,
  // Letters that look like others, or cannot be seen.
  "{{ con\u200bstructor }}",
  "{{ c\u043enstructor }}",
  "{{ \uff43onstructor }}",
  "{{ contact.n\u0430me }}",
  "{{ contact\u2024name }}",
  "{{ contact.name\u0000 }}",
  "{{ contact\u2028.name }}",
  "{{ \\u0063onstructor }}",
  "{{ contact.\\x6eame }}",
  // What is never closed, or closes what was not open.
  "{{",
  "{%",
  "{#",
  "{{ contact.name",
  "{{ contact.name }",
  "{{ contact.name %}",
  "{% if contact.name }}",
  `{{ "contact.name }}`,
  `{{ 'it"s }}`,
  `{{ "a\\" }}`,
  `{{ contact.name | default("x }}`,
  `{{ (contact.name }}`,
  `{{ contact.name) }}`,
  `{{ (contact.name] }}`,
  `{{ contact["name") }}`,
  "{# a {{ contact.name }}",
  "{% if contact.name %}",
  "{% for a in contact.custom.interests %}",
  "{% if contact.name %}{% endfor %}",
  "{% for a in contact.custom.interests %}{% endif %}",
  "{% if contact.name %}{% else %}{% else %}{% endif %}",
  "{% if contact.name %}{% else %}{% elif contact.name %}{% endif %}",
  "{% endif %}",
  "{% else %}",
  "{% elif contact.name %}",
  "{% for a in contact.custom.interests %}{% elif contact.name %}{% endfor %}",
  "{% if contact.name %}{% endif contact.name %}",
  // Too deep, too long, too many.
  `{{ ${"(".repeat(20_000)}1${")".repeat(20_000)} }}`,
  `{{ ${"(".repeat(8_000)}1${")".repeat(8_000)} }}`,
  `{{ ${"(".repeat(8_000)}`,
  `{{ ${"(".repeat(30)}1${")".repeat(30)} }}`,
  `{{ "}}" ~ ${"(".repeat(8_000)}1${")".repeat(8_000)} }}`,
  `{{ '%}' ~ ${"(".repeat(400)}1${")".repeat(400)} }}`,
  `{{ ${"[".repeat(8_000)} }}`,
  `{{ ${"{".repeat(8_000)} }}`,
  `{{ contact${"[contact".repeat(2_000)}${"]".repeat(2_000)} }}`,
  `{{ ${"- ".repeat(400)}1 }}`,
  `{{ ${"-".repeat(16_000)}1 }}`,
  `{{ ${"not ".repeat(200)}contact.name }}`,
  `{{ ${"not ".repeat(4_000)}contact.name }}`,
  `{{ contact.name${" | upper".repeat(110)} }}`,
  `{{ contact.name${" | upper".repeat(2_000)} }}`,
  `{{ contact.name${" ~ contact.name".repeat(1_000)} }}`,
  `{{ 1${"+1".repeat(300)} }}`,
  `{{ 1${" if 1 else 1".repeat(1_000)} }}`,
  `{{ contact${".name".repeat(3_000)} }}`,
  "{% if contact.name %}".repeat(30) + "{% endif %}".repeat(30),
  "{% if contact.name %}".repeat(700),
  "{% for a in contact.custom.interests %}".repeat(25) + "{% endfor %}".repeat(25),
  `{% if contact.name %}${"{% elif contact.name %}".repeat(600)}{% endif %}`,
  "{{ contact.name }}".repeat(600),
  "{##}".repeat(3_000),
  `{{ "${"a".repeat(1_100)}" }}`,
  `{{ ${"9".repeat(400)} }}`,
  "x".repeat(1_000_000),
  `${"\n".repeat(1_000_000)}x`,
  `{{ ${" ".repeat(1_000_000)} }}`,
  "{{".repeat(500_000),
  "{%".repeat(8_000),
  "{#".repeat(8_000),
  `{{ ${'"'.repeat(8_001)} }}`,
  `{{ "${"\\".repeat(8_001)}" }}`,
];

test.each(refused)("refuses %s", (source) => {
  for (const within of [scope, undefined]) {
    const { template, errors } = parseTemplate(source, within);
    expect(template).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
    for (const { rule, message, start, end } of errors) {
      expect(RULES).toContain(rule);
      expect(message).not.toBe("");
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThan(start);
    }
  }
});

/** Without a scope these are names like any other; with one they are names that do not exist. */
test.each(["range", "cycler", "joiner", "loop", "caller", "self", "process", "toString", "this"])(
  "knows no %s",
  (name) => {
    const [error] = parseTemplate(`{{ ${name} }}`, scope).errors;
    expect(error).toMatchObject({ rule: "unknown-variable", start: 3, end: 3 + name.length });
    const unscoped = parseTemplate(`{{ ${name} }}`);
    const data = { contact: {}, workspace: { name: "N", address: null } };
    const enrollment = { id: "e", started_at: "2026-03-01T09:00:00Z" };
    expect(
      unscoped.template?.render(
        { ...data, enrollment },
        { zone: "UTC", language: "en", escape: "none" },
      ),
    ).toEqual({ kind: "blank", variables: [name] });
  },
);

/** What every object inherits is no field of data, even where no scope says so. */
test.each([
  "contact.toString",
  "contact.custom.valueOf",
  "contact.name.length",
  "workspace.hasOwnProperty",
])("finds nothing at %s", (path) => {
  const { template } = parseTemplate(`{{ ${path} }}`);
  const rendered = template?.render(
    {
      contact: { name: "Ana", custom: {} },
      workspace: { name: "N", address: null },
      enrollment: { id: "e", started_at: "2026-03-01T09:00:00Z" },
    },
    { zone: "UTC", language: "en", escape: "none" },
  );
  expect(rendered).toEqual({ kind: "blank", variables: [path] });
});

test.each([
  "a }} {{ b",
  "charge.amount }}",
  "charge.amount }}{# #}{{ charge.amount",
  "charge.amount }}{% include 'x' %}{{ charge.amount",
  "charge.amount %}{% set x = 1 %}{{ charge.amount",
  "{{ charge.amount }}",
  "{% if charge.amount %}1{% endif %}",
  "charge.amount {# x #}",
  "charge.amount; charge.amount",
  "charge.amount, charge.amount",
  "charge.amount = 1",
  `charge.status == "paid`,
  "",
  "   ",
  "range(3)",
  "charge.status.constructor",
  `charge["con" ~ "structor"]`,
  `${"(".repeat(20_000)}1`,
  "not ".repeat(20_000) + "1",
])("refuses the condition %s", (source) => {
  for (const within of [scope, undefined]) {
    const { expression, errors } = parseExpression(source, within);
    expect(expression).toBeNull();
    expect(errors.length).toBeGreaterThan(0);
  }
});

test("refuses a long condition before it is read", () => {
  const { errors } = parseExpression(`1${" + 1".repeat(250)}`);
  expect(errors).toMatchObject([{ rule: "template-too-big" }]);
});

test("takes no more than a bounded number of findings from one source", () => {
  const { errors } = parseTemplate(`{{ ${"a~".repeat(90)}a }}`.repeat(50), scope);
  expect(errors).toHaveLength(50);
});

test("loads nunjucks' parser in one place, and nothing that compiles or runs", () => {
  const room = new URL("../../../core/template/", import.meta.url);
  for (const file of readdirSync(room)) {
    const source = readFileSync(new URL(file, room), "utf8");
    const imported = [...source.matchAll(/from "(nunjucks[^"]*)"/g)].map(([, name]) => name);
    expect(imported).toEqual(file === "nunjucks.ts" ? ["nunjucks/src/parser.js"] : []);
    expect(source).not.toMatch(/\beval\b|new Function|\bimport\(/);
  }
});
