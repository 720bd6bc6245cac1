import { marked, type Token } from "marked";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { markdownPlan } from "../../../cli/output/plan/markdown.ts";
import type { Plan, PlannedSequence } from "../../../cli/plan/types.ts";
import { FILES } from "../../core/language/diff/states.ts";
import { plannedRepository, sequenceIn, type Planned } from "./repository.ts";

/** Everything that people must not be able to bring into a comment, in one text. */
const HOSTILE =
  "@octocat #12 GH-12 !3 ~bug </details><!-- <img src=x onerror=alert(1)> [a](javascript:b) ``` ````` | **x** https://evil.example www.evil.example mail@evil.example $x$ :tada: \\";

/** The HTML in a page, and its text that is not code. */
function readAs(markdown: string): { html: string[]; prose: string } {
  const html: string[] = [];
  let prose = "";
  const read = (token: Token): void => {
    if (token.type === "html") html.push(token.raw.trim());
    if (token.type === "link" || token.type === "image") prose += `LINK ${token.raw}`;
    if (token.type === "text" && !("tokens" in token && token.tokens)) prose += token.raw;
  };
  void marked.walkTokens(marked.lexer(markdown, { gfm: true }), read);
  return { html, prose };
}

const OUR_HTML =
  /^(?:<!-- cadenza-plan: \S+ -->|<details( open)?>|<details( open)?><summary>(?:for )?(?:<code>[a-z0-9-]+<\/code>[a-z0-9:, ]*)*[a-z0-9:, ]*<\/summary>|<\/details>|<br>)$/;

describe("on a real change", () => {
  let repository: Planned;
  beforeEach(async () => {
    repository = await plannedRepository();
  });
  afterEach(() => repository.remove());

  test("one comment: what to know first, the rest folded", async () => {
    await repository.edit("visit.yaml", "wait: 3 days", "wait: 2 days");
    const { code, out } = await repository.plan(
      "--output",
      "markdown",
      "--start",
      "2026-03-02T10:00",
    );
    expect(code).toBe(0);
    const [marker, title] = out.split("\n");
    expect(marker).toBe("<!-- cadenza-plan: cadences -->");
    expect(title).toBe("### ⚠️ Cadenza plan: 1 changed, 1 breaking change");
    const [short = "", folded = ""] = out.split("<details>");
    expect(short).toContain("| 🟡 changed | `visit` | 1 changed | ⚠️ 1 |");
    expect(short).toContain("- ⚠️ **wait-shortened** `visit`: step ask comes sooner");
    expect(folded).toContain("- `wait` `3 days` → `2 days`");
    expect(folded).toContain(
      "| `ask` | Thu 5 Mar 2026 10:00 (+00:00), email | **Wed 4 Mar 2026 10:00 (+00:00), email** |",
    );
    expect(readAs(out).html.filter((html) => !OUR_HTML.test(html))).toEqual([]);
  });

  test("the texts that change, as a difference", async () => {
    await repository.edit("shared.yaml", "love", "like");
    const { out } = await repository.plan("--output", "markdown");
    expect(out).toContain(
      [
        "```diff",
        "  Subject: A word about your visit",
        "  ",
        "- We would love to hear how everything went yesterday.",
        "+ We would like to hear how everything went yesterday.",
        "```",
      ].join("\n"),
    );
  });

  test("a long text in lines that can be read", async () => {
    const long = "and one more word ".repeat(20).trim();
    await repository.edit("shared.yaml", "yesterday.", `yesterday, ${long}.`);
    const { out } = await repository.plan("--output", "markdown");
    const lines = out.split("\n").filter((line) => /^ *\+ /.test(line));
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(105);
  });

  test("errors come first, and nothing else", async () => {
    await repository.edit("visit.yaml", "3 days", "3 dyas");
    const { code, out } = await repository.plan("--output", "markdown");
    expect(code).toBe(1);
    expect(out).toContain("### ❌ Cadenza plan: 1 error, nothing to publish");
    expect(out).toContain("`visit.yaml:15:11`");
  });

  test("what files say stays text, wherever it is told", async () => {
    const quoted = JSON.stringify(HOSTILE);
    const visit = FILES["visit.yaml"]!.replace("name: Visit", `name: ${quoted}`)
      .replace("subject: Welcome aboard\n", `subject: ${quoted}\n`)
      .replace(
        "wait: 3 days",
        `wait: 3 days\n    if: ${JSON.stringify(`contact.email == ${quoted}`)}`,
      )
      .replace(
        /content: "Goodbye.*/,
        `content: ${JSON.stringify(`\`\`\`\n${HOSTILE}\n</details>\n# x\n- y`)}`,
      );
    await repository.write({
      "visit.yaml": visit,
      "cadenza.yaml": `${FILES["cadenza.yaml"]!}sender: { name: ${quoted}, address: ${quoted} }\n`,
      "evil <details> @octocat `x`.yaml": `kind: Sequence\nid: other\nname: ${quoted}\ntarget: contact\nsteps:\n  - { id: a, wait: immediately, channel: sms, content: ${quoted} }\n`,
    });
    const changed = await repository.plan("--output", "markdown");
    expect(changed.code).toBe(0);
    await repository.write({ "bad.yaml": `kind: ${quoted}\nid: x\n` });
    const broken = await repository.plan("--output", "markdown");
    expect(broken.code).toBe(1);
    for (const { out } of [changed, broken]) {
      const { html, prose } = readAs(out);
      expect(html.filter((one) => !OUR_HTML.test(one))).toEqual([]);
      expect(prose).not.toMatch(/LINK|https:|javascript:|www\.|\*\*x/i);
      // Links are looked for in the source, references in the finished page.
      const shown = prose.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
      expect(shown).not.toMatch(/@(?=\w)|#(?=\d)|gh-(?=\d)/i);
      const opened = html.filter((one) => one.startsWith("<details")).length;
      expect(html.filter((one) => one === "</details>")).toHaveLength(opened);
    }
  });
});

describe("a plan that is too long for one comment", () => {
  const preview = (text: string) => ({
    sequence: "s",
    persona: "p",
    start: "2026-03-02T10:00:00+00:00",
    steps: [
      {
        step: "a",
        due_at: "2026-03-02T10:00:00+00:00",
        channel: "sms",
        skipped: null,
        reason: "",
        subject: null,
        text,
        template: null,
        other_window: null,
        buttons: [],
        attachments: [],
      },
    ],
  });
  const sequence = (index: number, text: string) =>
    ({
      id: `sequence-${index}`,
      name: text.slice(0, 500),
      action: "change",
      from: null,
      to: null,
      changes: [],
      steps: [
        {
          step: "a",
          action: "changed",
          from: 1,
          to: 1,
          moved: false,
          changes: [{ field: "content.body", before: text, after: `${text}!` }],
        },
      ],
      breaking: [],
      live_enrollments: null,
      previews: [1, 2, 3].map((n) => ({
        persona: `p-${n}`,
        before: preview(text),
        after: preview(`${text}\n${n}`),
      })),
    }) as unknown as PlannedSequence;
  const plan = (sequences: readonly PlannedSequence[], more: Partial<Plan> = {}): Plan => ({
    against: "origin/main",
    root: "cadences",
    start: "2026-03-02T10:00:00+00:00",
    base: { commit: "a".repeat(40), compared: "a".repeat(40) },
    head: { commit: "b".repeat(40), uncommitted: [] },
    sequences,
    attributes: [],
    policy: [],
    breaking: [],
    notes: [],
    diagnostics: [],
    new_diagnostics: [],
    ...more,
  });
  const finding = (index: number) => ({
    rule: "wait",
    severity: "error" as const,
    file: `${HOSTILE}/${index}`,
    line: index,
    column: 1,
    endLine: index,
    endColumn: 2,
    message: HOSTILE,
    hint: HOSTILE,
  });

  test.each([
    ["many sequences", plan(Array.from({ length: 2000 }, (_, n) => sequence(n, `text ${n}`)))],
    [
      "long texts",
      plan(Array.from({ length: 40 }, (_, n) => sequence(n, `${HOSTILE}\n`.repeat(500)))),
    ],
    ["many errors", plan([], { diagnostics: Array.from({ length: 5000 }, (_, n) => finding(n)) })],
    ["a long name of the branch", plan([], { against: "x".repeat(100_000) })],
    ["many texts of one step", plan([sequence(1, "🎉`".repeat(40_000))])],
  ])("%s", (_, long) => {
    const text = markdownPlan(long);
    expect(text.length).toBeLessThan(65_536);
    expect(text.startsWith("<!-- cadenza-plan: cadences -->\n###")).toBe(true);
    const { html } = readAs(text);
    expect(html.filter((one) => !OUR_HTML.test(one))).toEqual([]);
    const opened = html.filter((one) => one.startsWith("<details")).length;
    expect(html.filter((one) => one === "</details>")).toHaveLength(opened);
  });

  test.each([
    ["", "<!-- cadenza-plan: . -->"],
    ["a b/--> @octocat--x", "<!-- cadenza-plan: a%20b/%2D%2D%3E%20@octocat%2D%2Dx -->"],
  ])("the workspace in %j has a comment of its own", (root, marker) => {
    const text = markdownPlan(plan([], { root }));
    expect(text.split("\n")[0]).toBe(marker);
    expect(readAs(text).html).toEqual([marker]);
  });

  test("says what is left out, and where to see it", () => {
    const text = markdownPlan(
      plan(Array.from({ length: 400 }, (_, n) => sequence(n, "a b\n".repeat(40)))),
    );
    expect(text).toMatch(/> There is no room here for all of `sequence-\d+`.* and \d+ more\./);
    expect(text).toContain("`cadenza plan --against origin/main`");
    expect(text.length).toBeGreaterThan(50_000);
    expect(sequenceIn(plan([sequence(7, "x")]), "sequence-7").name).toBe("x");
  });
});
