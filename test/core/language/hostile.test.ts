import { describe, expect, it } from "vitest";
import { compile, formatPretty } from "../../../core/language/index.ts";

const WORKSPACE = { path: "cadenza.yaml", text: "kind: Workspace\nname: Test\ntimezone: UTC\n" };
const HEAD = "kind: Sequence\nid: a\ntarget: contact\n";
/** Just below the size that is read. */
const FULL = 260_000;

const fill = (text: string, length = FULL) => text.repeat(Math.floor(length / text.length));
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");
const step = (content: string) =>
  `${HEAD}steps:\n  - { id: a, wait: 1 day, content: ${content} }\n`;

function findingsOf(text: string) {
  const files = [WORKSPACE, { path: "hostile.yaml", text }];
  const { diagnostics, sequences } = compile(files);
  expect(sequences).toEqual([]);
  expect(diagnostics.length).toBeGreaterThan(0);
  expect(diagnostics.length).toBeLessThan(1_000);
  for (const found of diagnostics) {
    expect(found.line).toBeGreaterThanOrEqual(1);
    expect(found.column).toBeGreaterThanOrEqual(1);
  }
  expect(formatPretty(diagnostics, files, { color: false }).length).toBeLessThan(1_000_000);
  return diagnostics;
}

const rulesOf = (text: string) => [...new Set(findingsOf(text).map(({ rule }) => rule))];

/** Each takes well below a second on a quiet machine; what is quadratic takes ten or more. */
describe("a hostile file costs a finding, not the process", { timeout: 5_000 }, () => {
  it.each([
    [
      "an alias bomb",
      `a: &a [x,x,x,x,x,x,x,x,x]\n${lines(40, (n) => `b${n}: &b${n} [${`*${n ? `b${n - 1}` : "a"},`.repeat(9)}]`)}`,
    ],
    ["an alias", "kind: &k Sequence\nid: *k"],
    ["a merge through an alias", "x: &x { a: 1 }\n<<: *x"],
    ["missing aliases", `a: [${fill("*x,", 30_000)}]`],
    ["tags", `a: [${fill("!x y,", 50_000)}]`],
    ["a tag that makes code elsewhere", 'a: !!js/function "function () {}"'],
    ["a verbatim tag", `a: !<${fill("x")}> 1`],
    ["a directive", "%YAML 1.1\n---\nkind: Sequence"],
    ["a directive behind a document's end", "a: 1\n...\n%TAG ! x\n---\nb: 1"],
    ["lists in lists", "[".repeat(20_000)],
    ["maps in maps", "{".repeat(20_000)],
    ["maps in lists", "[{".repeat(10_000)],
    ["lists over lines", "[\n".repeat(19_000)],
    ["block lists in one line", fill("- ")],
    ["explicit keys in one line", fill("? ")],
    ["a stair of keys", lines(700, (n) => `${" ".repeat(n)}a:`)],
    ["a stair of lists", lines(700, (n) => `${" ".repeat(n)}-`)],
    ["a NUL", "kind: Sequence\nid: \0"],
    ["an escaped NUL", 'kind: Sequence\nid: "\\0"'],
    ["half a character", "kind: Sequence\nid: \ud800"],
    ["half a character, escaped", 'kind: Sequence\nid: "\\ud800"'],
    ["a terminal's escape", "kind: Sequence\nid: \u001b[2J"],
    ["a key that reaches the prototype", `${HEAD}__proto__: { polluted: true }`],
    ["one that does so further down", `${HEAD}steps: [{ __proto__: { polluted: true } }]`],
  ])("%s is unsafe", (_, text) => {
    expect(rulesOf(text)).toEqual(["yaml-unsafe"]);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it.each([
    ["a file that is too long", fill("# long\n", 2_000_000)],
    ["too many lines", fill("#\n")],
    ["100,000 keys", lines(100_000, (n) => `k${n}: 1`)],
    [
      "20,000 keys",
      `${HEAD}${lines(19_000, (n) => `k${n}: 1`)}\n${lines(900, (n) => `x${n}: {}`)}`,
    ],
    ["20,000 keys in one line", `{${lines(20_000, (n) => `k${n}: 1`).replaceAll("\n", ",")}}`],
    ["brackets that nothing closes", fill("[")],
    ["commas", `[${fill(",")}]`],
    ["brackets that close nothing", fill("]")],
    ["quotes", fill('"')],
    ["anchors", fill("&a ")],
    ["empty lists", `[${fill("[],")}]`],
    ["escapes that are none", `a: "${fill("\\q")}"`],
    ["the same key again and again", `{${fill("a,")}}`],
  ])("%s is refused", (_, text) => {
    const known = ["file-too-big", "yaml-syntax", "yaml-unsafe", "duplicate-key", "unknown-key"];
    expect(known).toContain(findingsOf(text)[0]?.rule);
  });

  it.each([
    ["documents", fill("---\n", 60_000)],
    ["documents' ends", fill("...\n", 60_000)],
    ["a quote that never ends", `a: "${fill("x\n", 30_000)}`],
    ["a backslash that never ends", `a: "${fill("\\", 29_000)}`],
    ["a block header of any length", `a: |${fill("1")}`],
    ["characters that YAML reserves", fill("@")],
  ])("%s are a syntax error", (_, text) => {
    expect(rulesOf(text)).toEqual(["yaml-syntax"]);
  });

  it.each([
    ["nothing", ""],
    ["spaces", fill(" ")],
    ["blank lines", fill("\n", 19_000)],
    ["comments", fill("#\n", 30_000)],
    ["text", fill("x ")],
    ["a list", "[1, 2]"],
    ["a key that every object has", "constructor: 1\ntoString: 2"],
  ])("%s alone has no kind", (_, text) => {
    expect(rulesOf(text)).toEqual(["kind-missing"]);
  });

  it.each(["__proto__", "constructor", "toString", "[Sequence]", "{ a: 1 }", "~", "7"])(
    "%s is no kind",
    (kind) => {
      expect(rulesOf(`kind: ${kind}`)).toEqual(["kind-unknown"]);
    },
  );

  it.each([
    ["braces", `'${fill("{ {", 100_000)}'`],
    ["output that is open", `"{{ ${fill("(", 40)}${fill("a ", 200_000)}"`],
    ["ifs", `'${fill("{% if a %}")}'`],
    ["filters", `'{{ a${fill("|upper")} }}'`],
    ["variables that do not exist", `'${fill("{{ contact.nme }} ", 15_000)}'`],
    ["variables in a block", `>-\n${fill("      {{ contact.nme }}\n", 15_000)}`],
  ])("a template of %s ends in a finding", (_, content) => {
    const text = content.startsWith(">")
      ? `${HEAD}steps:\n  - id: a\n    wait: 1 day\n    content: ${content}`
      : step(content);
    expect(findingsOf(text).length).toBeGreaterThan(0);
  });

  it.each([
    ["a wait", `'${fill("1", 200_000)} days'`, "wait"],
    ["a wait of spaces", `'1${fill(" ", 200_000)}x'`, "wait"],
    ["a condition", `'${fill("1 and ", 200_000)}1'`, "if"],
    ["a condition of brackets", `'${fill("(", 200_000)}1'`, "if"],
    ["a time of day", `'${fill("0", 200_000)}:00'`, "at"],
  ])("%s of any length ends in a finding", (_, value, key) => {
    const text = `${HEAD}steps:\n  - id: a\n    wait: 1 day\n    ${key}: ${value}\n    content: Hi\n`;
    expect(findingsOf(text).length).toBeGreaterThan(0);
  });

  it("one bad file hides none of the findings in the others", () => {
    const bad = { path: "a.yaml", text: "[".repeat(20_000) };
    const other = { path: "b.yaml", text: "kind: Sequense" };
    const { diagnostics } = compile([WORKSPACE, bad, other]);
    expect(diagnostics.map(({ file, rule }) => [file, rule])).toEqual([
      ["a.yaml", "yaml-unsafe"],
      ["b.yaml", "kind-unknown"],
    ]);
  });

  it("refuses nothing that people write: umlauts, emoji, tabs in text, a byte order mark, CRLF", () => {
    const workspace =
      '\uFEFFkind: Workspace\r\nname: "Ärzte\\t🎉 ½ 你好 \\u00e9"\r\ntimezone: UTC\r\n';
    const { diagnostics, workspace: policy } = compile([{ path: "cadenza.yaml", text: workspace }]);
    expect(diagnostics).toEqual([]);
    expect(policy?.name).toBe("Ärzte\t🎉 ½ 你好 é");
  });

  it("does not take brackets in prose for structure", () => {
    const prose = fill("      a smile :-[ and a { that nobody closes\n", 20_000);
    const text = `kind: MessageTemplate\nid: prose\nbody: |\n${prose}`;
    const { diagnostics } = compile([WORKSPACE, { path: "prose.yaml", text }]);
    expect(diagnostics.map(({ rule }) => rule)).not.toContain("yaml-unsafe");
  });
});
