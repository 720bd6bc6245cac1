import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../cli/run.ts";
import { cadenza } from "../support/cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-template-"));
  await cp("cadences/cadenza.yaml", join(folder, "cadenza.yaml"));
  await cp("cadences/inboxes", join(folder, "inboxes"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const REVIEW = ["business=Harbour Dental", "sender=Ana", "review_link=https://example.com/r"];
const set = (...values: readonly string[]) => values.flatMap((value) => ["--set", value]);
const apply = (...argv: readonly string[]) =>
  cadenza(["template", "apply", "review-request", ...argv], { cwd: folder });
const files = async () => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith("inboxes"))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => name !== "cadenza.yaml")
    .toSorted();
};
const read = (name: string) => readFile(join(folder, name), "utf8");

const WRITTEN = [
  "attributes/contact-last-service.yaml",
  "attributes/contact-reviewed.yaml",
  "personas/review-request-ada.yaml",
  "personas/review-request-walk-in.yaml",
  "sequences/review-request.yaml",
  "tests/review-request-silence.yaml",
  "tests/review-request-written.yaml",
];

const OWN = `kind: SequenceTemplate
id: own
name: Our own
niche: bakeries
target: contact
parameters:
  bakery: { type: text, description: What it is called. }
personas:
  - { id: own-ana, contact: { first_name: Ana, email: ana@example.com } }
steps:
  - { id: hello, wait: 1 day, channel: email, inbox: hello, content: { subject: "\${bakery}", body: Hi. } }
`;

describe("template list", () => {
  test("shows the library by trade, without any workspace", async () => {
    const { code, out } = await cadenza(["template", "list"], { cwd: tmpdir() });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^dental clinics\n {2}dental-appointment +Dental appointment +en +about an appointment +4 steps$/m,
    );
  });

  test("as data, with what each asks for; the workspace's own among them", async () => {
    await writeFile(join(folder, "own.yaml"), OWN);
    const { out } = await cadenza(["template", "list", "--output", "json"], { cwd: folder });
    const listed = JSON.parse(out) as { id: string; source: string }[];
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.find(({ id }) => id === "own")).toEqual({
      id: "own",
      name: "Our own",
      niche: "bakeries",
      language: null,
      description: null,
      purpose: "transactional",
      target: "contact",
      steps: ["hello"],
      parameters: [
        { name: "bakery", required: true, type: "text", description: "What it is called." },
      ],
      source: "workspace",
    });
  });

  test("of one trade; a trade that there is not is wrong usage", async () => {
    const { out } = await cadenza(["template", "list", "--niche", "Dental"], { cwd: folder });
    expect(out.trim().split("\n")).toHaveLength(2);
    const none = await cadenza(["template", "list", "--niche", "zoo"], { cwd: folder });
    expect(none).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("dental clinics"),
    });
  });
});

describe("template show", () => {
  test("what it asks for, and what it says when", async () => {
    const { code, out } = await cadenza(["template", "show", "review-request"], {
      cwd: tmpdir(),
      now: "2026-03-02T10:00:00Z",
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}review_link +link +required +Where the review/m);
    expect(out).toMatch(/^ {2}sender +text +required +Who signs/m);
    expect(out).toContain("  ask  day 2, Wed 4 Mar 2026 11:00  Email\n    2 days, at 11:00\n");
    expect(out).toContain(
      "    │ Hi Ada,\n    │\n    │ Thank you for choosing us for your haircut.",
    );
    expect(out).toContain("--set business='Harbour Street Studio'");
  });

  test("as data, with a preview", async () => {
    const argv = ["template", "show", "cobranca-pix", "--output", "json"];
    const { out } = await cadenza(argv, { cwd: tmpdir() });
    const shown = JSON.parse(out) as { preview: { steps: { step: string }[] } };
    expect(shown.preview.steps.map(({ step }) => step)).toEqual([
      "aviso",
      "vencimento",
      "atraso",
      "conversa",
      "ultimo",
    ]);
  });

  test("one of the workspace finds what stands there, applied already or not", async () => {
    await writeFile(join(folder, "own.yaml"), OWN);
    const show = () => cadenza(["template", "show", "own"], { cwd: folder });
    expect((await show()).out).toContain("hello  day 1");
    await cadenza(["template", "apply", "own", ...set("bakery=B")], { cwd: folder });
    expect((await show()).out).toContain("hello  day 1");
  });

  test("a mistyped id is told which is meant", async () => {
    const { code, err } = await cadenza(["template", "show", "revew-request"], { cwd: folder });
    expect({ code, err }).toEqual({
      code: 2,
      err: "cadenza: no template revew-request; did you mean review-request?\n",
    });
  });
});

describe("template apply", () => {
  test("writes ordinary files that the workspace is valid with", async () => {
    const { code, out } = await apply(...set(...REVIEW));
    expect(code).toBe(0);
    expect(out.trim().split("\n").toSorted()).toEqual(WRITTEN.map((name) => `wrote ${name}`));
    expect(await files()).toEqual(WRITTEN);
    expect((await cadenza(["validate", "--strict"], { cwd: folder })).code).toBe(0);
    const sequence = await read("sequences/review-request.yaml");
    expect(sequence).toContain("\nmade_from: review-request\n");
    expect(sequence).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\S*\/sequence\.schema\.json\n/,
    );
    expect(sequence).not.toContain("${");
  });

  test("a dry run prints them and writes nothing", async () => {
    const { code, out } = await apply(...set(...REVIEW), "--dry-run");
    expect(code).toBe(0);
    for (const name of WRITTEN) expect(out).toContain(`--- # ${name}\n`);
    expect(await files()).toEqual([]);
  });

  test("everything that is wrong or missing is one error", async () => {
    const { code, out, err } = await apply(...set("busines=x", "review_link=ftp://x"));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("there is no parameter busines; did you mean business?");
    expect(err).toContain('review_link: "ftp://x" is no https address');
    expect(err).toContain("business is missing: What the business is called.");
    expect(err).toContain("sender is missing");
    expect(await files()).toEqual([]);
  });

  test.each([
    [["--set", "business"], "not of the form name=value"],
    [["--set", "sender=a", "--set", "sender=b"], "gives sender twice"],
    [["--id", "No Id"], "--id No Id"],
    [["--root", "nowhere"], "--root nowhere is not a folder"],
  ])("%j is wrong usage", async (argv, message) => {
    expect(await apply(...argv)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
    expect(await files()).toEqual([]);
  });

  test("applied again with the same values, nothing changes", async () => {
    await apply(...set(...REVIEW));
    const { code, out, err } = await apply(...set(...REVIEW));
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toContain("every file is there already");
  });

  test("never overwrites what would change, and says all of it; --force does", async () => {
    await apply(...set(...REVIEW));
    expect((await apply(...set(...REVIEW))).code, "nothing would change").toBe(0);
    const other = set("business=Other", "sender=Bo", "review_link=https://example.com/r");
    const refused = await apply(...other);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(
      "\n  sequences/review-request.yaml\n  tests/review-request-written.yaml\n",
    );
    expect(await read("sequences/review-request.yaml")).not.toContain("Other");
    expect((await apply(...other, "--force")).code).toBe(0);
    expect(await read("sequences/review-request.yaml")).toContain("Other");
    expect(await files()).toEqual(WRITTEN);
  });

  test("overwrites a resource where it was moved to", async () => {
    await apply(...set(...REVIEW));
    await mkdir(join(folder, "mine"));
    const text = await read("sequences/review-request.yaml");
    await writeFile(join(folder, "mine/reviews.yaml"), text);
    await rm(join(folder, "sequences/review-request.yaml"));
    const { code } = await apply(...set("business=Other", ...REVIEW.slice(1)), "--force");
    expect(code).toBe(0);
    expect(await read("mine/reviews.yaml")).toContain("Other");
    expect(await files()).not.toContain("sequences/review-request.yaml");
  });

  test("with another id it can be applied again; attributes are shared", async () => {
    await apply(...set(...REVIEW));
    expect((await apply(...set(...REVIEW), "--id", "porto")).code).toBe(0);
    expect((await files()).filter((name) => !WRITTEN.includes(name))).toEqual([
      "personas/porto-ada.yaml",
      "personas/porto-walk-in.yaml",
      "sequences/porto.yaml",
      "tests/porto-silence.yaml",
      "tests/porto-written.yaml",
    ]);
    expect((await cadenza(["validate", "--strict"], { cwd: folder })).code).toBe(0);
  });

  test("writes nothing into a workspace that is in error, or would be", async () => {
    const clash =
      "kind: CustomAttribute\nid: reviewed\nentity: contact\nkey: reviewed\ntype: text\n";
    await writeFile(join(folder, "reviewed.yaml"), clash);
    const refused = await apply(...set(...REVIEW));
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("nothing was written") });
    expect(refused.err).toContain("attribute-conflict");
    expect(await files()).toEqual(["reviewed.yaml"]);
    await writeFile(join(folder, "reviewed.yaml"), "kind: Nothing\n");
    expect(await apply(...set(...REVIEW))).toMatchObject({ code: 1, out: "" });
    expect(await files()).toEqual(["reviewed.yaml"]);
  });

  test("says what is missing where there is no inbox for WhatsApp", async () => {
    await rm(join(folder, "inboxes/front-desk.yaml"));
    const workspace = "kind: Workspace\nname: W\ntimezone: UTC\n";
    await writeFile(join(folder, "cadenza.yaml"), workspace);
    const { code, err } = await cadenza(
      ["template", "apply", "cobranca-pix", "--set", "empresa=A"],
      { cwd: folder },
    );
    expect(code).toBe(2);
    expect(err).toContain("the workspace has no inbox for it");
  });

  test("names no schema where the workspace names none", async () => {
    await writeFile(
      join(folder, "cadenza.yaml"),
      "kind: Workspace\nname: W\ntimezone: UTC\nsender: { address: A }\n",
    );
    await apply(...set(...REVIEW));
    expect(await read("sequences/review-request.yaml")).toMatch(/^kind: Sequence\n/);
  });
});

describe("template apply at a terminal", () => {
  /** @param answers what the person types; null: they cancel */
  const atTerminal = (answers: readonly (string | null)[], ...argv: readonly string[]) =>
    applying("review-request", answers, ...argv);
  const applying = async (
    id: string,
    answers: readonly (string | null)[],
    ...argv: readonly string[]
  ) => {
    const asked: string[] = [];
    const left = [...answers];
    let err = "";
    let closed = 0;
    const code = await run(["template", "apply", id, ...argv], {
      out: () => {},
      err: (text) => void (err += text),
      env: {},
      cwd: folder,
      color: false,
      now: () => 0,
      prompt: () =>
        Promise.resolve({
          ask: (question: string) => {
            asked.push(question);
            return Promise.resolve(left.shift() ?? null);
          },
          close: () => void (closed += 1),
        }),
    });
    return { code, err, asked, closed };
  };

  test("asks for what is missing, and again after a slip", async () => {
    const answers = ["", "Harbour Dental", "example.com/r", "https://example.com/r"];
    const { code, asked, err, closed } = await atTerminal(answers, ...set("sender=Ana"));
    expect(code).toBe(0);
    expect(asked).toEqual(["business: ", "business: ", "review_link: ", "review_link: "]);
    expect(err).toContain("What the business is called. (text, such as Harbour Street Studio)");
    expect(err).toContain("is no https address");
    expect(closed).toBe(1);
    expect(await files()).toEqual(WRITTEN);
  });

  test("offers what is usual, and takes another value", async () => {
    const later = '  later: { type: duration, description: How long after., default: "1 day" }\n';
    const own = OWN.replace("personas:", `${later}personas:`).replace("1 day,", '"${later}",');
    await writeFile(join(folder, "own.yaml"), own);
    const waitOf = async (answer: string, ...argv: readonly string[]) => {
      const { asked } = await applying("own", ["Harbour Bread", answer], ...argv);
      expect(asked).toEqual(["bakery: ", "later [1 day]: "]);
      return /wait: ([\w ]+)/.exec(await read("sequences/own.yaml"))?.[1];
    };
    expect(await waitOf("")).toBe("1 day");
    expect(await waitOf("5 days", "--force")).toBe("5 days");
  });

  test("to cancel leaves nothing behind", async () => {
    const { code, err, closed } = await atTerminal(["Harbour Dental", null]);
    expect(code).toBe(2);
    expect(err).toContain("cancelled; nothing was written");
    expect(closed).toBe(1);
    expect(await files()).toEqual([]);
  });

  test("does not ask while something that was given is wrong", async () => {
    const { code, asked, err } = await atTerminal([], ...set("review_link=x"));
    expect({ code, asked }).toEqual({ code: 2, asked: [] });
    expect(err).toContain("business is missing");
  });
});
