import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../core/language/diagnostic.ts";
import { formatPretty } from "../../../core/language/index.ts";

const TEXT = "kind: Sequence\nid: welcome\ntarget: contacts\nsteps: []\n";

function found(given: Partial<Diagnostic> = {}): Diagnostic {
  return {
    rule: "not-allowed",
    severity: "error",
    file: "a.yaml",
    line: 3,
    column: 9,
    endLine: 3,
    endColumn: 17,
    message: '"target" cannot be "contacts"',
    hint: 'did you mean "contact"?',
    ...given,
  };
}

const show = (diagnostics: readonly Diagnostic[], text = TEXT, color = false) =>
  formatPretty(diagnostics, [{ path: "a.yaml", text }], { color });

describe("a code frame", () => {
  it("shows the place, the lines, the mark and what to do", () => {
    expect(show([found()])).toBe(
      [
        'a.yaml:3:9 error "target" cannot be "contacts" (not-allowed)',
        "  2 │ id: welcome",
        "  3 │ target: contacts",
        "    │         ^^^^^^^^",
        '  → did you mean "contact"?',
      ].join("\n"),
    );
  });

  it("of the first line has no line above it", () => {
    const first = found({ line: 1, column: 1, endLine: 1, endColumn: 5, hint: undefined });
    expect(show([first]).split("\n").slice(1)).toEqual(["  1 │ kind: Sequence", "    │ ^^^^"]);
  });

  it("marks to the end of the line where the finding goes on", () => {
    expect(show([found({ endLine: 4, endColumn: 2 })])).toContain("│         ^^^^^^^^");
  });

  it("leaves the lines out where the file is not at hand", () => {
    const other = found({ file: "b.yaml" });
    expect(show([other]).split("\n")).toHaveLength(2);
  });

  it("keeps its place past the end of a file", () => {
    expect(show([found({ line: 9, column: 1, endLine: 9, endColumn: 2 })])).toContain("a.yaml:9:1");
  });

  it("separates findings by a blank line, in the order given", () => {
    const second = found({ line: 4, column: 1, endLine: 4, endColumn: 6, message: "second" });
    const shown = show([found(), second]);
    expect(shown.split("\n\n")).toHaveLength(2);
    expect(shown.indexOf("cannot be")).toBeLessThan(shown.indexOf("second"));
  });

  it("aligns lines of different width of number", () => {
    const text = `${"# comment\n".repeat(8)}${TEXT}`;
    const shown = show([found({ line: 10, endLine: 10, column: 1, endColumn: 3 })], text);
    expect(shown).toContain("   9 │ kind: Sequence\n  10 │ id: welcome\n     │ ^^");
  });

  it("works with Windows line ends", () => {
    const shown = show([found()], TEXT.replaceAll("\n", "\r\n"));
    expect(shown).toBe(show([found()]));
  });

  it("cuts a long line around its mark", () => {
    const text = `a: ${"x".repeat(5_000)}!${"y".repeat(5_000)}`;
    const shown = show([found({ line: 1, endLine: 1, column: 5_004, endColumn: 5_005 })], text);
    const [, source = "", mark = ""] = shown.split("\n");
    expect(source.length).toBeLessThan(140);
    expect(source[mark.indexOf("^")]).toBe("!");
  });

  it("ends the mark where the line is cut", () => {
    const text = `a: ${"x".repeat(5_000)}`;
    const shown = show([found({ line: 1, endLine: 1, column: 4, endColumn: 5_004 })], text);
    for (const line of shown.split("\n")) expect(line.length).toBeLessThan(140);
  });
});

describe("colour", () => {
  it("is only there when it is asked for", () => {
    expect(show([found()])).not.toContain("\u001b");
    expect(show([found()], TEXT, true)).toContain("\u001b[31merror\u001b[39m");
    expect(show([found({ severity: "warning" })], TEXT, true)).toContain(
      "\u001b[33mwarning\u001b[39m",
    );
  });
});

describe("what must not reach a terminal or a log", () => {
  const secret = found({
    rule: "literal-secret",
    message: "must refer to a secret",
    line: 2,
    column: 5,
    endLine: 2,
    endColumn: 12,
  });

  it("is a literal secret", () => {
    expect(show([secret])).not.toContain("welcome");
  });

  it("is a literal secret in the line above another finding", () => {
    expect(show([secret, found()])).not.toContain("welcome");
    expect(show([found(), secret])).toContain("target: contacts");
  });

  it.each([
    ["an escape sequence", "\u001b[2J"],
    ["a carriage return", "\r"],
    ["a text that runs backwards", "\u202e"],
    ["a line end that only some know", "\u2028"],
  ])("is %s, wherever it comes from", (_, evil) => {
    const hostile = found({ message: `a${evil}b`, hint: `c${evil}d`, file: `e${evil}.yaml` });
    const shown = formatPretty(
      [hostile, found()],
      [{ path: "a.yaml", text: `x${evil}y\n`.repeat(3) }],
      {
        color: false,
      },
    );
    expect(shown).not.toContain(evil);
  });

  it("is a tab, which would move the mark", () => {
    expect(show([found({ column: 2, endColumn: 3 })], "a\nb\n\tc\n")).toContain(
      "  3 │  c\n    │  ^",
    );
  });
});
