import { expect, test } from "vitest";
import { parseExpression, parseTemplate } from "../../../core/template/index.ts";
import { findings, marked, scope } from "./support.ts";

test.each([
  // Names.
  ["{{ contact.frist_name }}", ["unknown-variable «contact.frist_name»"]],
  ["Hi\n\n  {{ contact.frist_name\n | upper }}", ["unknown-variable «contact.frist_name»"]],
  ["{{ 'a' ~\n 'b' ~\n contact.nme }}", ["unknown-variable «contact.nme»"]],
  ["{{ contact['frist_name'] | upper }}", ["unknown-variable «contact['frist_name']»"]],
  ["{{ contact[ 'frist_name' ] }}", ["unknown-variable «contact[ 'frist_name' ]»"]],
  ["{{ contact . nme }}", ["unknown-variable «contact . nme»"]],
  ["{{ contact.custom.plna }}", ["unknown-variable «contact.custom.plna»"]],
  ["{{ (contact.nme) | upper | lower }}", ["unknown-variable «contact.nme»"]],
  ["{{ contact.name if contcat.name else 'x' }}", ["unknown-variable «contcat.name»"]],
  ["{% if contact.nme == 'x' %}{% endif %}", ["unknown-variable «contact.nme»"]],
  ["{%- if true -%}{%- elif  contact.nme -%}{%- endif -%}", ["unknown-variable «contact.nme»"]],
  [
    "{% for i in contact.custom.intrests %}{% endfor %}",
    ["unknown-variable «contact.custom.intrests»"],
  ],
  ["{% for i in\n contact.name %}{% endfor %}", ["template-forbidden «contact.name»"]],
  [
    "{% for i in contact.custom.interests %}{{ i.name }}{% endfor %}",
    ["unknown-variable «i.name»"],
  ],
  ["{{ i }}{% for i in contact.custom.interests %}{% endfor %}", ["unknown-variable «i»"]],
  ["{{ contact }}", ["unknown-variable «contact»"]],
  ["{{ contact.custom }}", ["unknown-variable «contact.custom»"]],
  ["{{ contact.name.first }}", ["unknown-variable «contact.name.first»"]],
  ["{{ workspace.custom.x }}", ["unknown-variable «workspace.custom.x»"]],
  ["{{ unsubscribe_url.x }}", ["unknown-variable «unsubscribe_url.x»"]],
  // Every finding of a template at once, in order.
  [
    "{{ contact.nme }}\n{% include 'x' %}\n{{ contact.name | uper }}{{ charge.amont }}",
    [
      "unknown-variable «contact.nme»",
      "template-forbidden «include»",
      "unknown-filter «uper»",
      "unknown-variable «charge.amont»",
    ],
  ],
  [
    "{{ contact.nme | default(contact.frist_name) }}",
    ["unknown-variable «contact.nme»", "unknown-variable «contact.frist_name»"],
  ],
  // Forbidden things are marked where they stand.
  ["{{ 'a' ~ range(3) }}", ["template-forbidden «range»"]],
  ["{{ contact.name.trim() }}", ["template-forbidden «contact.name.trim»"]],
  ["{{ 1 + [2] }}", ["template-forbidden «[»"]],
  ["{{ 1 + {} }}", ["template-forbidden «{»"]],
  ["a\n{{ contact.name ** 2 }}", ["template-forbidden «**»"]],
  ["{{ contact.constructor.name }}", ["template-forbidden «constructor»"]],
  ["{{ contact['constructor'] }}", ["template-forbidden «'constructor'»"]],
  ["{{ contact[contact.name] }}", ["template-forbidden «contact.name»"]],
  ["{{ contact.name is string }}", ["template-forbidden «string»"]],
  ["{{ 1 < 2 < 3 }}", ["template-forbidden «<»"]],
  ["{{ contact.name | truncate(length=3) }}", ["template-forbidden «length»"]],
  ["{% set a = 1 %}", ["template-forbidden «set»"]],
  ["{%-  macro a() %}x{% endmacro %}", ["template-forbidden «macro»"]],
  // Slips of the pen.
  ["{% if contact.name = 'x' %}{% endif %}", ["template-syntax «=»"]],
  ["{{ contact.name | default(“there”) }}", ["template-syntax «“there”»"]],
  ["{{ contact.name && contact.email }}", ["template-syntax «&&»"]],
  ["{{ contact.name || 'x' }}", ["template-syntax «|»"]],
  ["{{ contact.name ? 'a' : 'b' }}", ["template-syntax «?»"]],
  ["{{ contact.name contact.email }}", ["template-syntax «contact»"]],
  ["{{ 'a' 'b' }}", ["template-syntax «'b'»"]],
  ["a {{ contact.name\nb", ["template-syntax «{{»"]],
  ["{{ contact.name %} b", ["template-syntax «%}»"]],
  ["{{ (contact.name }}", ["template-syntax «}}»"]],
  ["{{ contact.name) }}", ["template-syntax «)»"]],
  ["{{ 'abc }} {{ contact.name }}", ["template-syntax «'»"]],
  ["{% if contact.name %}a", ["template-syntax «{% if contact.name %}»"]],
  ["{% endif %}", ["template-syntax «{% endif %}»"]],
  ["{% fi contact.name %}", ["template-syntax «fi»"]],
  ["{% if true %}{% else contact.name %}{% endif %}", ["template-syntax « contact.name »"]],
  ["{% for 1 in contact.custom.interests %}{% endfor %}", ["template-syntax «1»"]],
])("marks what is wrong in %s", (source, expected) => {
  expect(findings(source)).toEqual(expected);
});

test.each([
  ['charge.status == "paid" and contact.nme', ["unknown-variable «contact.nme»"]],
  ["  charge.staus == 'paid'", ["unknown-variable «charge.staus»"]],
  ["charge.amount > 10\n  and charge.crrency == 'BRL'", ["unknown-variable «charge.crrency»"]],
  ["a }} {{ b", ["template-syntax «}}»"]],
  [" {{ charge.amount }}", ["template-syntax «{{»"]],
  ["charge.amount = 10", ["template-syntax «=»"]],
  ["charge.amount | uper", ["unknown-filter «uper»"]],
  ["range(3) == 3", ["template-forbidden «range»"]],
])("marks what is wrong in the condition %s", (source, expected) => {
  expect(marked(source, parseExpression(source, scope).errors)).toEqual(expected);
});

test.each([
  ["{{ contact.frist_name }}", `did you mean "first_name"?`],
  ["{{ contcat.name }}", `did you mean "contact"?`],
  ["{{ contact.custom.plna }}", `did you mean "plan"?`],
  ["{{ contact.plan }}", "write contact.custom.plan"],
  [
    "{{ contact.custom.shoe_size }}",
    "declare it: attributes: [{ entity: contact, key: shoe_size, type: text }]",
  ],
  ["{{ contact.custom }}", "name one of them: contact.custom.plan"],
  ["{{ contact.name | uper }}", `did you mean "upper"?`],
  ["{% fi contact.name %}", `did you mean "if"?`],
  ["{% if contact.name = 'x' %}{% endif %}", `compare with "=="`],
  ["{{ !contact.name }}", `write "not"`],
  ["{{ contact.name || 'x' }}", `write "or"`],
  ["{{ contact.name && 'x' }}", `write "and"`],
  ["{{ ‘a’ }}", `write straight quotes: " or '`],
  ["{{ 1 < 2 < 3 }}", "write: a < b and b < c"],
  ["{% if true %}{% else if true %}{% endif %}", "write {% elif … %} for another condition"],
])("helps with %s", (source, hint) => {
  expect(parseTemplate(source, scope).errors[0]?.hint).toBe(hint);
});

test("counts positions behind a carriage return, and behind other planes of Unicode", () => {
  const source = "🎉\r\n{{ '🎉' ~\r\n contact.nme }}";
  expect(findings(source)).toEqual(["unknown-variable «contact.nme»"]);
});
