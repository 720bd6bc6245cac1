import { expect, test } from "vitest";
import { parseTemplate } from "../../../core/template/index.ts";
import { facts, render } from "./support.ts";

const items = (count: number, value = "x") => ({
  ...facts,
  contact: {
    name: "Ana",
    custom: { items: Array.from({ length: count }, () => value), long: "a b ".repeat(10_000) },
  },
});

const each = (body: string) => `{% for i in contact.custom.items %}${body}{% endfor %}`;

test("takes a thousand rounds, and not one more", () => {
  expect(render(each("."), {}, items(1_000))).toEqual({ kind: "text", text: ".".repeat(1_000) });
  expect(render(each("."), {}, items(1_001))).toMatchObject({ kind: "limit" });
  expect(render(each("") + each("."), {}, items(501))).toMatchObject({ kind: "limit" });
  expect(render(each(each("")), {}, items(40))).toMatchObject({ kind: "limit" });
});

test("takes 64 KiB of text, and not one letter more", () => {
  const source = each("{{ i }}");
  const fits = items(64, "x".repeat(1_024));
  expect(render(source, {}, fits)).toMatchObject({ kind: "text" });
  expect(render(`${source}.`, {}, fits)).toMatchObject({ kind: "limit" });
  expect(render(`.${source}`, {}, fits)).toMatchObject({ kind: "limit" });
});

test.each([
  "{{ contact.custom.long | replace('a', '0123456789') }}",
  "{{ contact.custom.long ~ contact.custom.long }}",
  "{{ contact.custom.long + contact.custom.long }}",
  "{{ contact.custom.items | join('0123456789') }}",
  "{{ (contact.custom.long ~ contact.custom.long) | length }}",
  "{{ contact.custom.long | urlencode | urlencode | length }}",
])("lets no value grow past that on its way: %s", (source) => {
  expect(render(source, {}, items(9_000))).toMatchObject({ kind: "limit" });
});

test("takes no longer value in, even to make it shorter", () => {
  const data = { ...facts, contact: { name: "x".repeat(70_000) } };
  expect(render("{{ contact.name | truncate(5) }}", {}, data)).toMatchObject({ kind: "limit" });
});

test.each([
  each("{{ contact.custom.long | upper | lower | length }}"),
  each("{% if contact.custom.long == contact.name ~ contact.custom.long %}{% endif %}"),
  each("{% if 'zz' in contact.custom.long %}{% endif %}"),
  each("{% if contact.custom.items | join | length %}{% endif %}"),
  each("{{ '2026-03-02' | date('d LLL') | length }}".repeat(350)),
])("counts the work of %.60s", (source) => {
  expect(parseTemplate(source).errors).toEqual([]);
  expect(render(source, {}, items(1_000))).toEqual({
    kind: "limit",
    message: "it takes too much work to render",
  });
});

test("has room for a long and busy mail", () => {
  const line = "{{ i | upper }} {{ loop.index }} {{ contact.name | default('x') }}, ";
  expect(render(each(line), {}, items(900, "an interest"))).toMatchObject({ kind: "text" });
});
