import { describe, expect, test } from "vitest";
import { fill, placesIn } from "../../../core/library/places.ts";
import { parseTemplate } from "../../../core/template/index.ts";

const around = (text: string, isCondition = false) =>
  placesIn(text, isCondition).map(({ name, surroundings }) =>
    surroundings.in === "text" ? `${name} in text` : `${name} in code ${surroundings.quote ?? "-"}`,
  );

describe("where parameters stand", () => {
  test.each([
    ["Hi ${a}, from ${b}", ["a in text", "b in text"]],
    ["R${{ charge.amount }} and ${a}", ["a in text"]],
    ['{{ x | default("${a}") }} ${b}', ['a in code "', "b in text"]],
    ["{{ x | default('it''s ${a}') }}", ["a in code '"]],
    [String.raw`{{ x | default("a \" ${"${a}"}") }}`, ['a in code "']],
    ["{{ ${a}}} ${b}", ["a in code -", "b in text"]],
    ["{% if x > ${a} %}don't ${b}{% endif %}", ["a in code -", "b in text"]],
    ["{# ${a} isn't #} it's ${b} {{ ${c} }}", ["a in text", "b in text", "c in code -"]],
    ['{{ "}}" }} ${a} {{ "{{ ${b}" }}', ["a in text", 'b in code "']],
    ["$ {a} $a {a} ${}", [" in text"]],
  ])("%s", (text, expected) => expect(around(text)).toEqual(expected));

  test("a condition is code from its first character on", () => {
    expect(around('charge.amount > ${a} and x == "${b}" or ${c}', true)).toEqual([
      "a in code -",
      'b in code "',
      "c in code -",
    ]);
  });
});

describe("filling in", () => {
  const filled = (text: string, values: Record<string, string>, isCondition = false) =>
    fill(text, placesIn(text, isCondition), new Map(Object.entries(values)));

  test("a quote or a backslash never ends a string of code", () => {
    const text = `{{ contact.first_name | default("\${a}") }} {{ contact.name | default('\${a}') }} \${a}`;
    for (const value of [`O'Neill "& Sons"`, "back\\slash\\", `\\"`, `\\'`]) {
      const { template, errors } = parseTemplate(filled(text, { a: value }).text);
      expect(errors).toEqual([]);
      const rendered = template!.render({ contact: {}, workspace: { name: "-" } } as never, {
        zone: "UTC",
        language: "en",
        escape: "none",
      });
      expect(rendered).toEqual({ kind: "text", text: `${value} ${value} ${value}` });
    }
  });

  test("what has no value stays, and values are not looked through again", () => {
    expect(filled("${a} ${b}", { a: "${b}" }).text).toBe("${b} ${b}");
  });

  test("offsets lead back to the text as it was written", () => {
    const text = "Hi ${name}, see {{ x }} at ${place}.";
    const { text: now, origin } = filled(text, { name: "a longer name", place: "P" });
    const back = (part: string) => {
      const start = now.indexOf(part);
      return text.slice(origin(start, "start"), origin(start + part.length, "end"));
    };
    for (const part of ["Hi", "{{ x }}", "{{ x }} at", " at ", "."]) expect(back(part)).toBe(part);
    expect(back("longer")).toBe("${name}");
    expect(back("P.")).toBe("${place}.");
    expect(back("Hi a longer")).toBe("Hi ${name}");
  });
});
