import nunjucks from "nunjucks";
import { expect, test } from "vitest";
import { facts, findings, render, template, textOf } from "./support.ts";

/** What the dialect says, nunjucks says too: an author's knowledge of it holds. */
const environment = new nunjucks.Environment(null, { autoescape: false });

test.each([
  "Hi {{ contact.first_name }}, thanks.",
  "{{contact.first_name}}{{charge.number}}",
  `{{ contact["first_name"] }} {{ contact['custom']["plan"] }} {{ contact.custom["plan"] }}`,
  `{{ "a" }}{{ 'b' }}{{ "it's" }}{{ 'say "hi"' }}{{ "a\\"b\\\\c\\nd" }}`,
  "{{ 1 }} {{ 1.50 }} {{ -2 }} {{ +3 }} {{ true }} {{ false }} {{ none }}",
  "{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7 - 2 - 1 }} {{ 7 % 4 }} {{ 9 / 2 }} {{ 8 / 2 / 2 }}",
  "{{ charge.amount + 1 }} {{ charge.amount * 2 - 1 }} {{ -charge.amount }}",
  `{{ "a" + "b" }} {{ "a" ~ 1 ~ true }} {{ contact.first_name ~ "!" | upper }}`,
  "{{ 1 < 2 }} {{ 2 <= 2 }} {{ 3 > 4 }} {{ 4 >= 5 }} {{ 1 == 1 }} {{ 1 != 1 }} {{ 1 === 1 }} {{ 1 !== 1 }}",
  `{{ charge.status == "paid" and charge.amount > 10 }}`,
  `{{ not charge.status == "paid" or false }} {{ not not true }}`,
  `{{ "yoga" in contact.custom.interests }} {{ "tango" not in contact.custom.interests }} {{ "na" in "Ana" }}`,
  `{{ "a" if charge.status == "paid" else "b" }}{{ "c" if false }}`,
  `{{ contact.first_name or "there" }} {{ contact.missing or "there" }} {{ true and "yes" }}`,
  "{{ contact.first_name is defined }} {{ contact.missing is defined }} {{ contact.missing is not defined }} {{ contact.missing is undefined }}",
  `{{ contact.missing | default("there") }} {{ contact.first_name | default("there") }} {{ "" | default("x", true) }}`,
  `{{ "ana souza" | title }} {{ "ANA" | lower }} {{ "ana" | capitalize }} {{ "  a " | trim }} {{ "aXbX" | replace("X", "-") }}`,
  `{{ contact.custom.interests | join(" + ") }} {{ contact.custom.interests | first }} {{ contact.custom.interests | last }} {{ contact.custom.interests | length }}`,
  "{{ -4 | abs }} {{ 4.56 | round(1) }} {{ 'a b' | urlencode }}",
  `{% if charge.status == "paid" %}paid{% else %}open{% endif %}`,
  `{% if charge.amount > 9999 %}a{% elif charge.amount > 1000 %}b{% elseif true %}c{% else %}d{% endif %}`,
  "{% if contact.missing %}a{% endif %}b",
  "{% if contact.first_name %}{% if charge.number %}both{% endif %}{% endif %}",
  "{% for i in contact.custom.interests %}{{ loop.index }}/{{ loop.length }} {{ i }}{% if not loop.last %}, {% endif %}{% endfor %}",
  "{% for i in contact.custom.interests %}{{ loop.index0 }}{{ loop.first }}{% endfor %}",
  "{% for i in contact.custom.empty %}{{ i }}{% else %}nothing{% endfor %}",
  "{% for i in contact.custom.interests %}{% for j in contact.custom.interests %}{{ i }}{{ j }}{{ loop.index }};{% endfor %}{{ loop.index }}{% endfor %}",
  "a {# a comment {{ x }} {% if %} #} b{##}",
  "a  {{- charge.number -}}  b  {{ charge.number }}  c",
  "a\n{%- if true -%}\n  b\n{%- endif %}\nc",
  "a {#- trimmed -#} b",
  "  {%- if true %} a {% endif -%}  ",
  "{{ charge.number -}} {{ charge.number }}",
  "{{ '}}' }} {{ '%}' }} {{ '{{' }} {{ \"{%\" }}",
  "{ { a } } } }} %} # { x } {",
  "{%if true%}a{%endif%}{{'b'}}",
  "{{\n  charge.number\n  | default(\n    'x'\n  )\n}}",
  "{{ charge.amount>10 and(charge.amount<99999) }}",
  "a\r\nb {{ charge.number }}\r\nc",
  "Olá {{ contact.first_name }} 🎉 “ok” — ção",
])("says what nunjucks says: %s", (source) => {
  expect(textOf(source)).toBe(environment.renderString(source, facts));
});

test.each([
  ["text\n", "text"],
  ["text\n\n\n", "text"],
  ["text\r\n", "text"],
  ["\n text \n", "\n text "],
  ["{{ charge.number }}\n", "A-1"],
  ["{% if true %}a\n{% endif %}\n", "a\n"],
  ["\n\n", ""],
  ["", ""],
  ["plain } text { with #} and %} and }}", "plain } text { with #} and %} and }}"],
])("trims the newlines at the end of %j", (source, text) => {
  expect(render(source)).toEqual({ kind: "text", text });
});

test.each([
  ["{{ charge.due_on == '2026-03-02' }}", "true"],
  ["{{ charge.due_on < '2026-03-10' }}", "true"],
  ["{{ appointment.starts_at > '2026-03-29T02:00:00+02:00' }}", "true"],
  ["{{ appointment.starts_at == '2026-03-29T02:30:00+02:00' }}", "true"],
  ["{{ contact.custom.score == '4' }}", "true"],
  ["{{ contact.custom.score < '10' }}", "true"],
  [
    "{{ contact.missing > 1 }} {{ contact.missing < 1 }} {{ contact.missing == 0 }}",
    "false false false",
  ],
  ["{{ contact.missing == none }} {{ contact.missing == '' }}", "true true"],
  ["{{ contact.custom.vip == true }} {{ contact.custom.vip == 'true' }}", "true false"],
  ["{{ contact.name < 5 }} {{ contact.name > 5 }}", "false false"],
  ["{{ 'a' if contact.custom.empty else 'b' }}", "b"],
  ["{{ charge.amount | currency if charge.amount > 1 else 'nothing' }}", "R$1,234.50"],
])("compares as an author means it: %s", (source, text) => {
  expect(textOf(source)).toBe(text);
});

test("keeps the template's own text as it is, and escapes the values", () => {
  const data = { ...facts, contact: { name: `<b>"A" & 'B'</b>`, custom: { tags: ["<", "&"] } } };
  const source =
    "<p>{{ contact.name }}</p>{{ contact.custom.tags }}{{ '<i>' }}{{ contact.name | upper }}";
  expect(textOf(source, { escape: "html" }, data)).toBe(
    "<p>&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;</p>&lt;, &amp;&lt;i&gt;&lt;B&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/B&gt;",
  );
  expect(textOf("{{ contact.name }}", { escape: "none" }, data)).toBe(data.contact.name);
});

test("lets no value become markdown or HTML", () => {
  const name = "[x](https://example.com) **b** <i>\n# head\n1. one";
  const data = { ...facts, contact: { name } };
  expect(textOf("**Hi** {{ contact.name }}", { escape: "markdown" }, data)).toBe(
    "**Hi** \\[x\\]\\(https\\:\\/\\/example\\.com\\) \\*\\*b\\*\\* \\<i\\> \\# head 1\\. one",
  );
});

test("looks values up each time, and keeps nothing between renders", () => {
  const greeting = template(
    "{% for i in contact.custom.interests %}{{ i }}{% endfor %}{{ contact.name }}",
  );
  const options = { zone: "UTC", language: "en", escape: "none" } as const;
  const other = { ...facts, contact: { name: "Bo", custom: { interests: ["a"] } } };
  expect(greeting.render(facts, options)).toEqual({ kind: "text", text: "yogaclayAna Souza" });
  expect(greeting.render(other, options)).toEqual({ kind: "text", text: "aBo" });
  expect(greeting.render(facts, options)).toEqual({ kind: "text", text: "yogaclayAna Souza" });
  expect(greeting.source).toContain("{% for i");
});

test("gives each template what its own scope allows", () => {
  const source = "{{ contact.name }}";
  expect(findings(source)).toEqual([]);
  expect(findings(source, { contact: { fields: {}, custom: null } })).toEqual([
    "unknown-variable «contact.name»",
  ]);
  expect(findings(source)).toEqual([]);
});
