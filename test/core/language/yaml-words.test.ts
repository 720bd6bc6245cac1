import { expect, it } from "vitest";
import { parseFile } from "../../../core/language/parse.ts";

const HEAD = "kind: Sequence\n";

it.each<[string, string, string]>([
  ["name: a: b", "2:7", 'there are two keys on this line, or a text that holds ": "'],
  ["a: { b: c: d }", "2:9", 'there are two keys on this line, or a text that holds ": "'],
  ['name: "Nudge\nid: 1', "2:7", 'this " is never closed'],
  ["name: 'Nudge\nid: 1", "2:7", "this ' is never closed"],
  ['# it"s\nname: it"s |\na: "x', "4:4", 'this " is never closed'],
  ["a: [1, 2\nb: 3", "3:1", "a ] is missing, or a line before it begins too far left"],
  ["a: { b: 1,\nc: 2 }", "3:1", "a } is missing, or a line before it begins too far left"],
  ["a:\n\tb: 1", "3:1", "a tab cannot indent a line"],
  ["a:\n  b: 1\n c: 2", "4:1", "this line begins elsewhere than the ones it belongs to"],
  ["a: @x", "2:4", "a text that begins with @ needs quotes"],
  ["a: %x", "2:4", "a text that begins with % needs quotes"],
  ['a: "C:\\q"', "2:7", "\\q stands for nothing within double quotes"],
  ["name\nid: a", "2:1", "this key has no value"],
  ["a: 'it's'", "2:8", "the value has ended before this"],
  ["a: - b", "2:4", "a list begins on a line of its own"],
  ["a: | text\n  more", "2:6", "a text after | or > begins on the next line"],
  ['a: { "b" "c": 1 }', "2:10", "a comma or a colon is missing here"],
  ["a: [1,, 2]", "2:7", '"," does not belong here'],
  ["a: ]", "2:4", '"]" does not belong here'],
])("%j", (text, place, message) => {
  const [found] = parseFile({ path: "a.yaml", text: HEAD + text }).diagnostics;
  expect(found).toMatchObject({ rule: "yaml-syntax", severity: "error" });
  expect(`${found?.line}:${found?.column}`).toBe(place);
  expect(found?.message).toBe(message);
});
