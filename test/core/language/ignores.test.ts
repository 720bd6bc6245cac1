import { describe, expect, it, test } from "vitest";
import { compile } from "../../../core/language/index.ts";
import { ignoreCommentsIn } from "../../../core/language/ignore-comments.ts";
import type { CleanFile } from "../../../core/language/parse-cache.ts";
import { overBase } from "./golden.ts";

const BLANK = "{{ contact.first_name }}";
const WHY = "# cadenza-ignore blank-variable: the form insists on it";

function sequence(...steps: readonly string[]): string {
  return ["kind: Sequence", "id: s", "target: contact", "defaults: { channel: sms }"]
    .concat("steps:", ...steps)
    .join("\n");
}

function told(text: string, workspace?: string): string[] {
  const own = [{ path: "s.yaml", text }];
  const over = workspace === undefined ? [] : [{ path: "cadenza.yaml", text: workspace }];
  const { diagnostics } = compile(overBase([...own, ...over]));
  return diagnostics.map(({ line, severity, rule }) => `${line} ${severity} ${rule}`);
}

describe("a comment silences a warning", () => {
  it.each<[string, string]>([
    ["on its own line", sequence(`  - { id: a, wait: 1 day, content: "${BLANK}" } ${WHY}`)],
    ["above a list item", sequence(`  ${WHY}`, `  - { id: a, wait: 1 day, content: "${BLANK}" }`)],
    [
      "above a key",
      sequence("  - id: a", "    wait: 1 day", `    ${WHY}`, `    content: Hi ${BLANK}`),
    ],
    [
      "in a flow map of several lines",
      sequence("  - { id: a,", `      content: "${BLANK}", ${WHY}`, "      wait: 1 day }"),
    ],
    [
      "above a line of a flow map",
      sequence("  - { id: a,", `      ${WHY}`, `      content: "${BLANK}",`, "      wait: 1 day }"),
    ],
    [
      "above a block of text, in all of its lines",
      sequence(
        "  - id: a",
        "    wait: 1 day",
        `    ${WHY}`,
        "    content: |",
        "      Hi",
        `      ${BLANK}`,
      ),
    ],
    [
      "at the head of a block of text",
      sequence(
        "  - id: a",
        "    wait: 1 day",
        `    content: >- ${WHY}`,
        "      Hi",
        `      ${BLANK}`,
      ),
    ],
    [
      "beside a key whose text begins below",
      sequence("  - id: a", "    wait: 1 day", `    content: ${WHY}`, "      Hi", `      ${BLANK}`),
    ],
    [
      "above a quoted text of several lines",
      sequence("  - id: a", "    wait: 1 day", `    ${WHY}`, '    content: "Hi', `      ${BLANK}"`),
    ],
    [
      "behind a quoted text of several lines",
      sequence("  - id: a", "    wait: 1 day", `    content: "${BLANK}`, `      now" ${WHY}`),
    ],
    [
      "among other comments",
      sequence(`  ${WHY}`, "  # Step a.", `  - { id: a, wait: 1 day, content: "${BLANK}" }`),
    ],
    [
      "with other rules in one comment",
      sequence(
        "  # cadenza-ignore outside-window, blank-variable: a linked phone, and a form that insists",
        `  - { id: a, wait: 1 day, channel: whatsapp, content: "${BLANK}" }`,
      ),
    ],
  ])("%s", (_, text) => {
    expect(told(text)).toEqual([]);
    expect(told(text.replaceAll("\n", "\r\n"))).toEqual([]);
    expect(told(`\ufeff${text}\n`)).toEqual([]);
    expect(told(text.replaceAll("cadenza-ignore", "ignored"))).toContainEqual(
      expect.stringContaining("warning blank-variable"),
    );
  });

  it("also where the workspace makes an error of it", () => {
    const workspace = "kind: Workspace\nname: W\ntimezone: UTC\nchannels: { sms: text }\n";
    const strict = `${workspace}lint: { blank-variable: error }\n`;
    const text = sequence(`  - { id: a, wait: 1 day, content: "${BLANK}" }`);
    expect(told(text, strict)).toEqual(["6 error blank-variable"]);
    expect(told(`${text} ${WHY}`, strict)).toEqual([]);
  });

  it("in the same way when the file was read before", () => {
    const parsed = new Map<string, CleanFile>();
    const text = sequence(
      `  ${WHY}`,
      `  - { id: a, wait: 1 day, content: "${BLANK}" }`,
      `  ${WHY}`,
    );
    const files = overBase([{ path: "s.yaml", text }]);
    const first = compile(files, { parsed }).diagnostics;
    expect(first.map(({ rule, line }) => [rule, line])).toEqual([["ignore-unused", 8]]);
    expect(parsed.size).toBe(files.length);
    expect(compile(files, { parsed }).diagnostics).toEqual(first);
  });
});

describe("no comment, no exception", () => {
  it.each<[string, string, readonly string[]]>([
    [
      "within a block of text",
      sequence("  - id: a", "    wait: 1 day", "    content: |", `      ${WHY}`, `      ${BLANK}`),
      ["10 warning blank-variable"],
    ],
    [
      "within quotes",
      sequence(`  - { id: a, wait: 1 day, content: "${BLANK} ${WHY}" }`),
      ["6 warning blank-variable"],
    ],
    [
      "without the space that YAML wants before it",
      sequence(
        "  - id: a",
        "    wait: 1 day",
        `    content: Hi ${BLANK}${WHY.replaceAll(": ", ":")}`,
      ),
      ["8 warning blank-variable"],
    ],
    [
      "beside the line before",
      sequence(
        `  - { id: b, wait: 1 day, content: "${BLANK}" } ${WHY}`,
        `  - { id: a, wait: 1 day, content: "${BLANK}" }`,
      ),
      ["7 warning blank-variable"],
    ],
  ])("%s", (_, text, expected) => {
    expect(told(text)).toEqual(expected);
  });
});

describe("an exception that silences nothing is only told", () => {
  const unused = sequence(`  - { id: a, wait: 1 day, content: Hi } ${WHY}`);

  test("where nothing kept the rule from being run", () => {
    expect(told(unused)).toEqual(["6 warning ignore-unused"]);
    expect(told(unused.replace("1 day", "1 dy"))).toEqual(["6 error wait"]);
    expect(told(unused.replace("content:", "contnt:"))).not.toContain("6 warning ignore-unused");
  });

  test("where the rule is on", () => {
    const workspace = "kind: Workspace\nname: W\ntimezone: UTC\nchannels: { sms: text }\n";
    expect(told(unused, workspace)).toEqual(["6 warning ignore-unused"]);
    expect(told(unused, `${workspace}lint: { blank-variable: off }\n`)).toEqual([]);
    expect(told(unused, `${workspace}lint: { ignore-unused: off }\n`)).toEqual([]);
  });

  test("not of every file while one cannot be read", () => {
    const broken = { path: "b.yaml", text: "kind: Sequence\nid: [" };
    const { diagnostics } = compile(overBase([{ path: "s.yaml", text: unused }, broken]));
    expect(diagnostics.map(({ rule }) => rule)).not.toContain("ignore-unused");
  });
});

test("thousands of such comments cost little, and are told as far as findings are", () => {
  const text = sequence("  - { id: a, wait: 1 day, content: Hi }", ...Array(4_000).fill(WHY));
  const rules = told(text);
  expect(rules).toHaveLength(500);
  expect(new Set(rules.map((one) => one.split(" ")[2]))).toEqual(new Set(["ignore-unused"]));
});

test("each rule in a comment has its place", () => {
  const [found] = ignoreCommentsIn("a: 1 #  cadenza-ignore one,  two : why: because");
  expect(found?.rules).toEqual([
    { name: "one", span: { line: 1, column: 24, endLine: 1, endColumn: 27 } },
    { name: "two", span: { line: 1, column: 30, endLine: 1, endColumn: 33 } },
  ]);
  expect(found?.reason).toBe("why: because");
});
