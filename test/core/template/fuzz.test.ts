import nunjucks from "nunjucks";
import { expect, test } from "vitest";
import { parseExpression, parseTemplate } from "../../../core/template/index.ts";
import { english, facts, scope } from "./support.ts";

const PIECES = [
  ..."{{|}}|{%|%}|{#|#}|{{-|-}}|{%-|-%}|(|)|[|]|{|}|,|.|:|~|+|-|*|/|%|=|==|!=|<|>|!|r/|\\|'|\"|\n|\r|\t| ".split(
    "|",
  ),
  ..."if elif else endif for endfor in is not and or true false none default upper join set raw".split(
    " ",
  ),
  ..."contact name contact.name charge.amount contact.custom.interests loop.index 1 2.5 'a' \"b\"".split(
    " ",
  ),
  ..."constructor __proto__ range() é \u200b \ud800 “ ”".split(" "),
  "| ",
  "{{ contact.name }}",
  "{% if charge.amount %}",
  "{% endif %}",
  "{% for i in contact.custom.interests %}",
  "{{ i }}",
  "{% endfor %}",
  "text ",
];

/** A small generator of our own, so that every run sees the same sources. */
function randomizer(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function* sources(seed: number, count: number) {
  const random = randomizer(seed);
  for (let i = 0; i < count; i++) {
    const length = 1 + random(14);
    yield Array.from({ length }, () => PIECES[random(PIECES.length)]).join(
      random(2) === 0 ? "" : " ",
    );
  }
}

const environment = new nunjucks.Environment(null, { autoescape: false });

test("never throws, marks what it refuses, and says of the rest what nunjucks says", () => {
  let compared = 0;
  for (const source of sources(1, 30_000)) {
    const { template, errors } = parseTemplate(source, scope);
    for (const { start, end } of errors) {
      expect(start, source).toBeGreaterThanOrEqual(0);
      expect(end, source).toBeGreaterThan(start);
      expect(start, source).toBeLessThanOrEqual(source.length);
    }
    if (template === null) {
      expect(errors.length, source).toBeGreaterThan(0);
      continue;
    }
    const rendered = template.render(facts, english);
    // What the dialect understands on its own: a plain "#}", and trailing newlines.
    if (rendered.kind !== "text" || !/\{[{%#]/.test(source) || source.includes("#}")) continue;
    const expected = environment.renderString(source.replace(/[\r\n]+$/, ""), facts);
    // A list is written with ", " here, and with "," there.
    expect(rendered.text.replaceAll(", ", ","), source).toBe(expected.replaceAll(", ", ","));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(500);
});

test("never throws at a condition", () => {
  let tested = 0;
  for (const source of sources(2, 20_000)) {
    const { expression, errors } = parseExpression(source, scope);
    if (expression === null) {
      expect(errors.length, source).toBeGreaterThan(0);
      continue;
    }
    expression.test(facts, english);
    tested += 1;
  }
  expect(tested).toBeGreaterThan(100);
});

test("never throws at data", () => {
  const source = [
    "{{ contact.a | date }}{{ contact.a | time }}{{ contact.a | date('d LLL HH:mm') }}",
    "{{ contact.a | currency(contact.b) }}{{ contact.a | number(2) }}{{ contact.a | round }}",
    "{{ contact.a | title }}{{ contact.a | truncate(3) }}{{ contact.a | first }}{{ contact.a | join }}",
    "{{ contact.a * contact.b }}{{ contact.a ~ contact.b }}{{ contact.a < contact.b }}",
    "{{ contact.a in contact.b }}{{ contact.a == contact.b }}{{ contact.a | urlencode }}",
    "{% for i in contact.a %}{{ i }}{% endfor %}",
  ].map((line) => parseTemplate(line).template);
  const values = [
    "",
    " ",
    "a",
    "2026-03-02",
    "2026-03-02T10:00:00Z",
    "9999999",
    "-1e999",
    "EUR",
    "\ud800",
    0,
    -0,
    1.5,
    1e21,
    Number.MAX_VALUE,
    Number.NaN,
    Infinity,
    true,
    false,
    null,
    undefined,
    [],
    ["a"],
    ["", "b"],
  ];
  for (const a of values) {
    for (const b of values) {
      for (const zone of ["Europe/Berlin", "nowhere"]) {
        const data = { ...facts, contact: { a, b } };
        for (const template of source) {
          const rendered = template?.render(data, { zone, language: String(a), escape: "html" });
          expect(["text", "blank"]).toContain(rendered?.kind);
          expect(JSON.stringify(rendered)).not.toMatch(/\[object|NaN|Infinity|undefined/);
        }
      }
    }
  }
});
