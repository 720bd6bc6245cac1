import { describe, expect, test } from "vitest";
import { readMarkdown } from "../../../core/enrollment/markdown.ts";

function read(source: string) {
  const result = readMarkdown(source);
  if (result.kind !== "markdown") throw new Error(result.message);
  const { markdown } = result;
  return { html: markdown.html(), plain: markdown.plain(), whatsapp: markdown.whatsapp() };
}

describe("each channel gets the form that it shows", () => {
  test.each([
    ["**bold** and *slanted*", "bold and slanted", "*bold* and _slanted_"],
    ["~~gone~~ `code`", "gone code", "~gone~ `code`"],
    ["***both***", "both", "_*both*_"],
    ["# A **title**\n\nText", "A title\n\nText", "*A title*\n\nText"],
    ["- a\n- b\n  1. c\n  2. d", "- a\n- b\n  1. c\n  2. d", "- a\n- b\n  1. c\n  2. d"],
    ["3. c\n4. d", "3. c\n4. d", "3. c\n4. d"],
    ["- [x] done\n- [ ] open", "- [x] done\n- [ ] open", "- [x] done\n- [ ] open"],
    ["> one\n> two\n>\n> three", "> one two\n> \n> three", "> one two\n> \n> three"],
    ["```\nx = 1\n```", "x = 1", "```x = 1```"],
    ["| a | b |\n|---|---|\n| 1 | **2** |", "a | b\n1 | 2", "a | b\n1 | *2*"],
    ["one\ntwo\\\nthree  \nfour", "one two\nthree\nfour", "one two\nthree\nfour"],
    ["[Pay](https://example.com/p)", "Pay (https://example.com/p)", "Pay (https://example.com/p)"],
    ["https://example.com/p", "https://example.com/p", "https://example.com/p"],
    ["<ana@example.com>", "ana@example.com", "ana@example.com"],
    ["![Our shop](https://example.com/s.png)", "Our shop", "Our shop"],
    ["a &amp; b &lt; c&nbsp;d", "a & b < c\u00a0d", "a & b < c\u00a0d"],
    ["1 \\* 2 \\& 3", "1 * 2 & 3", "1 * 2 & 3"],
    ["a\n\n---\n\nb", "a\n\n---\n\nb", "a\n\n---\n\nb"],
  ])("%j", (source, plain, whatsapp) => {
    expect(read(source)).toMatchObject({ plain, whatsapp });
  });

  test("HTML is what markdown makes, and nothing else", () => {
    expect(read("**a** [b](https://example.com)").html).toBe(
      '<p><strong>a</strong> <a href="https://example.com">b</a></p>',
    );
    const raw = "<div>\n<script>x</script> <b>y</b>\n</div>\n\n<!-- z --> <img src=x onerror=y>";
    expect(read(raw).html).not.toMatch(/<(?!\/?p>)/);
    expect(read(raw).plain).toContain("<script>x</script>");
  });
});

describe("a link leads somewhere, and runs nothing", () => {
  test.each([
    "[a](javascript:alert\\(1\\))",
    "[a](JaVaScRiPt:x)",
    "[a](<java\tscript:x>)",
    "[a](&#106;avascript:x)",
    "[a](data:text/html,x)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](/pay)",
    "[a](pay.html)",
    "[a](//example.com)",
    "[a](#there)",
    "[a]()",
    "[a](https://)",
    "[a][b]\n\n[b]: javascript:x",
    "![a](data:image/png;base64,x)",
    "<javascript:x>",
    "> - **[a](javascript:x)**",
  ])("%s is refused", (source) => {
    expect(readMarkdown(source)).toMatchObject({ kind: "bad_link" });
  });
  test.each([
    "https://example.com",
    "http://example.com/?a=b",
    "mailto:a@example.com",
    "tel:+15550100",
  ])("%s is fine", (href) => {
    expect(read(`[a](${href})`).html).toContain(`href="${href}"`);
  });
});

describe("what markdown can cost is bounded", { timeout: 10_000 }, () => {
  const fill = (text: string) => text.repeat(Math.floor(10_000 / text.length));
  test.each([
    "[",
    "*a ",
    "_a",
    "*a_b",
    "~a~~",
    "`",
    "<",
    "[a](",
    "![",
    "a.",
    "a@",
    "www.",
    "> ",
    ">",
  ])("%j again and again", (text) => {
    const start = performance.now();
    const result = readMarkdown(fill(text));
    if (result.kind === "markdown") {
      result.markdown.html();
      result.markdown.plain();
      result.markdown.whatsapp();
    }
    expect(performance.now() - start).toBeLessThan(5_000);
  });
  test("marks within marks are refused before the parser's stack ends", () => {
    const deep = `${"**a *b ".repeat(800)}x${" b* a**".repeat(800)}`;
    expect(readMarkdown(deep.slice(0, 10_000))).toMatchObject({ kind: "too_big" });
  });
  test("nesting without end is refused", () => {
    expect(readMarkdown(fill(">"))).toMatchObject({ kind: "too_big" });
    expect(readMarkdown(fill("- "))).toMatchObject({ kind: "too_big" });
  });
  test("so is a text beyond 10,000 characters", () => {
    expect(readMarkdown("a".repeat(10_001))).toMatchObject({ kind: "too_big" });
    expect(readMarkdown("a".repeat(10_000))).toMatchObject({ kind: "markdown" });
  });
});
