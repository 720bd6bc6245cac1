import { describe, expect, it } from "vitest";
import { locateInside, locateKey, locateValue } from "../../../core/language/locate.ts";
import { parseFile } from "../../../core/language/parse.ts";
import type { ParsedFile, Path } from "../../../core/language/source.ts";

function parse(text: string): ParsedFile {
  const { file, diagnostics } = parseFile({ path: "a.yaml", text });
  expect(diagnostics).toEqual([]);
  return file!;
}

function bodyOf(file: ParsedFile): string {
  return file.value["body"] as string;
}

/** The text of the source between a span's ends. */
function spanned(text: string, span: ReturnType<typeof locateValue>): string {
  const lines = text.split("\n");
  const offset = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  return text.slice(offset(span.line, span.column), offset(span.endLine, span.endColumn));
}

const HEAD = "kind: MessageTemplate\nid: a\n";

describe("a place inside a text", () => {
  it.each([
    ["plain", "body: one TWO three FOUR"],
    ["plain over lines", "body: one\n  TWO three\n\n  and FOUR\nname: x"],
    ["plain over lines, trailing spaces", "body: one  \n    TWO three   \n  FOUR   # a comment"],
    ["single quotes", "body: 'it''s TWO, isn''t it, FOUR'"],
    ["single quotes over lines", "body: 'one\n  TWO''\n\n\n  x FOUR'"],
    ["double quotes", 'body: "a\\tb \\u00e9 \\U0001F389 \\x41 \\" TWO \\\\ \\n FOUR"'],
    ["double quotes over lines", 'body: "one\n   TWO \\\n   three\\\n   \\ x\n\n   FOUR"'],
    ["literal block", "body: |\n  one\n  TWO\n\n    deeper FOUR\n"],
    ["literal block that begins deeper", "body: |2\n    one TWO\n  back FOUR\n"],
    ["literal block, kept", "body: |+\n\n\n  TWO\n\n  FOUR\n\n\nname: x"],
    ["literal block, stripped, with a comment", "body: |- # why\n  TWO\n  FOUR\n"],
    ["literal block with blanks of spaces", "body: |\n  one\n     \n  TWO\n   \n\n  FOUR\n"],
    ["folded block", "body: >\n  one\n  TWO three\n\n  four FOUR\n"],
    [
      "folded block with deeper lines",
      "body: >-\n  one\n  two\n    deeper TWO\n\n  back\n  FOUR\n",
    ],
    ["folded block that begins with blanks", "body: >\n\n\n  one\n  TWO\n\n\n  FOUR\n"],
    ["folded block of one long line", `body: >\n  ${"word ".repeat(300)}TWO FOUR\n`],
    ["indented less than its key's map", "channels:\n  sms: { body: x }\nbody: |\n TWO\n FOUR\n"],
    ["flow map", "{ kind: MessageTemplate, id: a, body: one TWO FOUR }"],
  ])("is found in %s", (_, yaml) => {
    for (const newline of ["\n", "\r\n"]) {
      const text = (yaml.startsWith("{") ? yaml : HEAD + yaml).replaceAll("\n", newline);
      const file = parse(text);
      for (const word of ["TWO", "FOUR"]) {
        const start = bodyOf(file).indexOf(word);
        const span = locateInside(file, ["body"], start, start + word.length);
        expect(spanned(text, span)).toBe(word);
      }
    }
  });

  it("covers an escape as a whole where it begins", () => {
    const text = `${HEAD}body: "a \\u00e9 b"`;
    const span = locateInside(parse(text), ["body"], 2, 3);
    expect(text.split("\n")[span.line - 1]?.slice(span.column - 1)).toMatch(/^\\u00e9/);
  });

  it("may go over lines", () => {
    const text = `${HEAD}body: |\n  {{ a |\n  upper }}\n`;
    const span = locateInside(parse(text), ["body"], 0, 15);
    expect(span).toMatchObject({ line: 4, column: 3, endLine: 5, endColumn: 11 });
  });

  it("behind the end is the end", () => {
    const span = locateInside(parse(`${HEAD}body: abc`), ["body"], 90, 91);
    expect(span).toMatchObject({ line: 3, column: 9 });
  });

  it.each([
    ["an empty text", 'body: ""', ["body"]],
    ["a number", "body: 7", ["body"]],
  ])("is the whole value for %s", (_, yaml, path) => {
    const file = parse(HEAD + yaml);
    expect(locateInside(file, path, 0, 1)).toEqual(locateValue(file, path));
  });

  it("agrees with a search, whatever the style and the shape of the text", () => {
    const random = mulberry(7);
    const words = [
      "a",
      "be {{ x }}",
      "it's",
      "  deep",
      "",
      "é🎉",
      '"q"',
      "- no list",
      "# no comment",
      "\\n",
    ];
    for (let round = 0; round < 300; round++) {
      const body = Array.from({ length: 1 + random(6) }, () => words[random(words.length)]);
      const lines = ["TWO", ...body, "mid TWENTY", ...body.toReversed(), "FOUR"].map(
        (l) => `   ${l}`,
      );
      const text = `${HEAD}body: ${["|", ">", "|-", ">+"][random(4)]}\n${lines.join("\n")}\n`;
      const file = parse(text);
      for (const word of ["TWO", "TWENTY", "FOUR"]) {
        const start = bodyOf(file).indexOf(word);
        const span = locateInside(file, ["body"], start, start + word.length);
        expect(spanned(text, span), text).toBe(word);
      }
    }
  });
});

describe("the place of a value or key", () => {
  const text = `kind: Persona
id: someone
contact:
  first_name: Ana
  custom: { plan: gold }
  company:
`;
  it.each<[string, Path, string]>([
    ["a scalar", ["contact", "first_name"], "Ana"],
    ["a map: its key", ["contact"], "contact"],
    ["a map in a line: its key", ["contact", "custom"], "custom"],
    ["nothing: its key", ["contact", "company"], "company"],
    ["what is absent: the key around it", ["contact", "email"], "contact"],
    ["what is absent, further down", ["contact", "custom", "x", "y"], "custom"],
    ["the file: its first line", [], "kind: Persona"],
  ])("%s", (_, path, expected) => {
    expect(spanned(text, locateValue(parse(text), path))).toBe(expected);
  });

  it.each<[Path, string]>([
    [["contact", "custom", "plan"], "plan"],
    [["id"], "id"],
    [["contact", "nothing"], "contact"],
  ])("key %j", (path, expected) => {
    expect(spanned(text, locateKey(parse(text), path))).toBe(expected);
  });
});

/** A small seeded generator: the same texts each time. */
function mulberry(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
