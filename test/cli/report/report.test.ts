import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ajvDraft04 from "ajv-draft-04";
import formats from "ajv-formats";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { element } from "../../../cli/output/xml.ts";
import { cadenza } from "../../support/cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-report-"));
  await cp("cadences", join(folder, "team/cadences"), { recursive: true });
  await mkdir(join(folder, ".git"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const broken = (wait: string) => `kind: Sequence
id: broken
target: contact
steps:
  - id: a
    wait: ${wait}
    channel: email
    content: { subject: Hi, body: "Hello {{ contact.first_name }}" }
`;

async function validate(output: string, files: Readonly<Record<string, string>>, env = {}) {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, "team/cadences", name), text);
  }
  const cwd = join(folder, "team");
  return await cadenza(["validate", "--output", output], { cwd, env });
}

const require = createRequire(import.meta.url);
const ajv = new ajvDraft04.default({ strict: false, unicodeRegExp: false });
formats.default(ajv);
const isSarif = ajv.compile(
  require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") as object,
);

interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string; help: { markdown: string } }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: {
        physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } };
      }[];
      partialFingerprints: Record<string, string>;
    }[];
  }[];
}

describe("sarif", () => {
  test("is valid, places findings in the repository and brings the page of each rule", async () => {
    const { out, code } = await validate("sarif", { "odd name#1.yaml": broken("1 dya") });
    const log = JSON.parse(out) as Sarif;
    expect(isSarif(log), JSON.stringify(isSarif.errors)).toBe(true);
    expect(code).toBe(1);
    const [run] = log.runs;
    const [wait, blank] = run?.results ?? [];
    expect(wait).toMatchObject({ ruleId: "wait", level: "error" });
    expect(blank).toMatchObject({ ruleId: "blank-variable", level: "warning" });
    expect(wait?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: "team/cadences/odd%20name%231.yaml" },
      region: { startLine: 6 },
    });
    const rule = run?.tool.driver.rules[wait?.ruleIndex ?? -1];
    expect(rule?.id).toBe("wait");
    expect(rule?.help.markdown).not.toBe("");
  });

  test("is valid without findings", async () => {
    const { out, code } = await validate("sarif", {});
    expect(isSarif(JSON.parse(out))).toBe(true);
    expect(code).toBe(0);
  });

  test("a finding keeps its fingerprint when lines above it are added", async () => {
    const prints = ({ out }: { out: string }) =>
      (JSON.parse(out) as Sarif).runs[0]?.results.map((one) => one.partialFingerprints);
    const before = prints(await validate("sarif", { "x.yaml": broken("1 dya") }));
    const after = prints(await validate("sarif", { "x.yaml": `# a\n# b\n${broken("1 dya")}` }));
    expect(after).toEqual(before);
    expect(new Set(before?.map((one) => JSON.stringify(one))).size).toBe(2);
  });
});

describe("github", () => {
  test("annotates the lines of the change, and writes the summary of the job", async () => {
    const page = join(folder, "summary.md");
    const { out, err } = await validate(
      "github",
      { "x,y.yaml": broken("1 dya") },
      { GITHUB_STEP_SUMMARY: page },
    );
    const [error, warning] = out.split("\n");
    expect(error).toMatch(
      /^::error file=team\/cadences\/x%2Cy\.yaml,line=6,endLine=6,col=11,endColumn=16,title=wait::.*%0A→ /,
    );
    expect(warning).toMatch(/^::warning file=.*,title=blank-variable::/);
    expect(err).toContain("1 error, 1 warning");
    expect(await readFile(page, "utf8")).toContain("| ❌ | `team/cadences/x,y.yaml:6:11` |");
  });

  test("shows ten of a level and counts the others", async () => {
    const names = Array.from({ length: 13 }, (_, n) => `b${n}.yaml`);
    const files = names.map((name, n) => [name, broken("1 dya").replace("broken", `b${n}`)]);
    const { out } = await validate("github", Object.fromEntries(files) as Record<string, string>);
    const lines = out.trimEnd().split("\n");
    expect(lines.filter((line) => line.startsWith("::error "))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith("::warning "))).toHaveLength(10);
    expect(lines.at(-1)).toMatch(/^::notice title=Cadenza::6 more/);
  });

  test("nothing that a file says becomes a command of its own", async () => {
    const hostile = broken('"1 day\\n::error::injected\\r::add-mask::x"');
    const { out } = await validate("github", { "x.yaml": hostile });
    expect(out).not.toMatch(/^::(error::|add-mask)/m);
    expect(out).not.toContain("\r");
  });
});

describe("gitlab", () => {
  test("is a code quality report", async () => {
    const { out } = await validate("gitlab", { "x.yaml": broken("1 dya") });
    const issues = JSON.parse(out) as object[];
    expect(issues[0]).toEqual({
      description: expect.stringContaining("→"),
      check_name: "wait",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: "critical",
      location: { path: "team/cadences/x.yaml", lines: { begin: 6, end: 6 } },
    });
    expect(issues[1]).toMatchObject({ check_name: "blank-variable", severity: "minor" });
  });
});

describe("junit", () => {
  test("a file is a test case, an error a failure, a warning no failure", async () => {
    const fine = broken("1 day").replace("id: broken", "id: fine");
    const { out } = await validate("junit", { "x.yaml": broken("1 dya"), "y.yaml": fine });
    expect(out).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="cadenza" /);
    expect(out.match(/<failure /g)).toHaveLength(1);
    expect(out).toContain('<failure message="&quot;1 dya&quot; is no wait" type="wait">');
    expect(out).toMatch(/name="team\/cadences\/y\.yaml"[^>]*>\n\s*<system-out>/);
    const counted = /<testsuite [^>]*tests="(\d+)"/.exec(out)?.[1];
    expect(out.match(/<testcase /g)).toHaveLength(Number(counted));
  });

  test("what XML cannot hold is replaced", () => {
    expect(element("failure", { message: '"\u001b"' }, "<b>&\u0000\ud800 \u{1F600}\n")).toBe(
      '<failure message="&quot;\uFFFD&quot;">&lt;b&gt;&amp;\uFFFD\uFFFD \u{1F600}\n</failure>',
    );
  });
});

describe("markdown", () => {
  test("is a table, and says when nothing was found", async () => {
    expect((await validate("markdown", {})).out).toMatch(
      /^### ✅ Cadenza: \d+ files: no findings\n$/,
    );
    const { out } = await validate("markdown", { "x.yaml": broken("1 dya") });
    expect(out).toContain("### ❌ Cadenza: ");
    expect(out).toContain("| ⚠️ | `team/cadences/x.yaml:8:");
  });

  test("what files say stays text: no mention, no link, no HTML, no cell of its own", async () => {
    const hostile = broken(
      '"@maintainers <img src=x> [a](https://evil.example) | `b` #12 https://evil.example"',
    );
    const { out } = await validate("markdown", { "x.yaml": hostile });
    const row = out.split("\n").find((line) => line.includes("evil")) ?? "";
    expect(row).not.toMatch(/@|<img|https:|[^\\]\[a|[^\\]`b|[^\\]#12/);
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(4);
  });

  test("stays below what a comment holds", async () => {
    const steps = Array.from(
      { length: 200 },
      (_, n) =>
        `  - { id: s${n}, wait: ${"x".repeat(300)}, channel: email, content: { subject: Hi, body: Hello } }`,
    );
    const many = `kind: Sequence\nid: many\ntarget: contact\nsteps:\n${steps.join("\n")}\n`;
    const { out } = await validate("markdown", { "x.yaml": many });
    expect(out.length).toBeLessThan(65_536);
    expect(out).toMatch(/\d+ more: run `cadenza validate` to see them all\./);
  });
});
