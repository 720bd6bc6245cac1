import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FILES } from "../../core/language/diff/states.ts";
import { plannedRepository, sequenceIn, START, type Planned } from "./repository.ts";

let repository: Planned;
beforeEach(async () => {
  repository = await plannedRepository();
});
afterEach(() => repository.remove());

const sms = (id: string) =>
  `kind: Sequence\nid: ${id}\ntarget: contact\nsteps:\n  - { id: a, wait: immediately, channel: sms, content: Hello }\n`;

describe("plan, as data", () => {
  test("has the keys of the contract, and nothing to say where nothing changed", async () => {
    const plan = await repository.planned();
    expect(plan).toMatchObject({
      against: "main",
      start: START,
      sequences: [
        {
          id: "visit",
          action: "none",
          from: null,
          to: null,
          steps: [],
          breaking: [],
          live_enrollments: null,
          previews: [],
        },
      ],
      attributes: [],
      policy: [],
      breaking: [],
      diagnostics: [],
    });
    expect(plan.code).toBe(0);
  });

  test("created, changed and retired, committed or not", async () => {
    await repository.commit({ "cadences/new.yaml": sms("new"), "cadences/visit.yaml": null });
    await repository.write({ "newer.yaml": sms("newer") });
    const { sequences, head } = await repository.planned();
    expect(sequences.map(({ id, action }) => [id, action])).toEqual([
      ["new", "create"],
      ["newer", "create"],
      ["visit", "retire"],
    ]);
    expect(head.uncommitted).toEqual(["newer.yaml"]);
  });

  test("what changed on main since is no change of this branch", async () => {
    await repository.git("checkout", "--quiet", "main");
    const later = FILES["visit.yaml"]!.replace("wait: 3 days", "wait: 2 days");
    await repository.commit({ "cadences/visit.yaml": later, "cadences/main.yaml": sms("main") });
    await repository.git("checkout", "--quiet", "topic");
    await repository.commit({ "cadences/new.yaml": sms("new") });
    const { sequences, breaking } = await repository.planned();
    expect(sequences.map(({ id, action }) => [id, action])).toEqual([
      ["main", "none"],
      ["new", "create"],
      ["visit", "none"],
    ]);
    expect(breaking).toEqual([]);
  });

  test("messages and dates before and after, from one start", async () => {
    await repository.edit("shared.yaml", "love", "like");
    const start = ["--start", "2026-03-06T09:00:00"];
    const { previews, steps } = sequenceIn(await repository.planned(...start));
    expect(steps).toMatchObject([
      { step: "ask", changes: [{ field: "content.body", after: expect.stringContaining("like") }] },
    ]);
    expect(previews).toMatchObject([
      {
        persona: "ana",
        before: { start: "2026-03-06T09:00:00+00:00" },
        after: { start: "2026-03-06T09:00:00+00:00" },
      },
    ]);
    const said = [previews[0]?.before, previews[0]?.after].map((one) => one?.steps[1]?.text);
    expect(said).toEqual([
      "We would love to hear how everything went yesterday.",
      "We would like to hear how everything went yesterday.",
    ]);
  });

  test("live policy: no version, and other dates at once", async () => {
    await repository.edit("cadenza.yaml", 'to: "08:00"', 'to: "10:00"');
    const plan = await repository.planned("--start", "2026-03-02T09:00:00");
    expect(plan.policy).toEqual([
      { field: "send_hours", before: "every day 08:00-21:00", after: "every day 10:00-21:00" },
    ]);
    const { action, previews } = sequenceIn(plan);
    expect(action).toBe("none");
    const due = [previews[0]?.before, previews[0]?.after].map((one) => one?.steps[0]?.due_at);
    expect(due).toEqual(["2026-03-02T09:00:00+00:00", "2026-03-02T10:00:00+00:00"]);
  });

  test("breaking changes pass, unless they are not to", async () => {
    await repository.edit("visit.yaml", "wait: 3 days", "wait: 2 days");
    const plan = await repository.planned();
    expect(plan.code).toBe(0);
    expect(sequenceIn(plan).breaking).toMatchObject([
      { rule: "wait-shortened", file: "visit.yaml", line: 14, side: "after" },
    ]);
    expect((await repository.planned("--fail-on-breaking")).code).toBe(1);
  });

  test("attributes that are created, and one that publishing would refuse", async () => {
    const own = "key: plan, type: text }";
    await repository.edit(
      "visit.yaml",
      own,
      `${own}\n  - { entity: deal, key: size, type: number }`,
    );
    expect((await repository.planned()).attributes).toEqual([
      { entity: "deal", key: "size", type: "number" },
    ]);
    await repository.edit("visit.yaml", own, "key: plan, type: list }");
    const plan = await repository.planned();
    expect(plan).toMatchObject({
      code: 1,
      attributes: [],
      breaking: [{ rule: "attribute-type-changed" }],
      diagnostics: [
        { rule: "attribute-type-changed", severity: "error", file: "visit.yaml", line: 6 },
      ],
    });
    expect(sequenceIn(plan).action).toBe("none");
  });

  test("errors: all of them, and no half plan", async () => {
    await repository.edit("visit.yaml", "3 days", "3 dyas");
    await repository.write({ "bad.yaml": "kind: Nothing\nid: x\n" });
    const { code, sequences, diagnostics, start } = await repository.planned();
    expect({ code, sequences, start }).toEqual({ code: 1, sequences: [], start: null });
    expect(diagnostics.map(({ file }) => file)).toEqual(["bad.yaml", "visit.yaml"]);
  });

  test("a conflict is an error of the files it is in", async () => {
    await repository.edit("visit.yaml", "3 days", "4 days");
    await repository.git("commit", "--quiet", "-am", "topic");
    await repository.git("checkout", "--quiet", "main");
    await repository.edit("visit.yaml", "3 days", "5 days");
    await repository.git("commit", "--quiet", "-am", "main");
    await repository.git("checkout", "--quiet", "topic");
    const { code, diagnostics } = await repository.planned();
    expect(code).toBe(1);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ rule: "merge-conflict", file: "visit.yaml" }),
    );
  });

  test("of warnings, those that are new are told apart", async () => {
    const blank = FILES["visit.yaml"]!.replace('first_name | default("there")', "first_name");
    await repository.git("checkout", "--quiet", "main");
    await repository.commit({ "cadences/visit.yaml": blank });
    await repository.git("checkout", "--quiet", "topic");
    await repository.write({ "new.yaml": sms("new").replace("Hello", "'{{ contact.company }}'") });
    const { code, diagnostics, new_diagnostics: found } = await repository.planned();
    expect(code).toBe(0);
    const blanks = (all: typeof diagnostics) =>
      all.filter(({ rule }) => rule === "blank-variable").map(({ file }) => file);
    expect(blanks(diagnostics)).toEqual(["new.yaml", "visit.yaml"]);
    expect(blanks(found)).toEqual(["new.yaml"]);
  });

  test("a branch that is broken is compared with what is live of it", async () => {
    await repository.git("checkout", "--quiet", "main");
    const valid = await repository.git("rev-parse", "HEAD");
    const broken = FILES["visit.yaml"]!.replace("3 days", "3 dyas");
    await repository.commit({ "cadences/visit.yaml": broken });
    await repository.git("checkout", "--quiet", "-b", "mended");
    await repository.edit("visit.yaml", "3 days", "2 days");
    const { code, base, notes, breaking } = await repository.planned();
    expect({ code, compared: base.compared }).toEqual({ code: 0, compared: valid });
    expect(notes[0]).toContain("main has errors, so that it is not live");
    expect(breaking).toMatchObject([{ rule: "wait-shortened" }]);
  });

  test("a workspace that is new, and one that is gone", async () => {
    await repository.git("checkout", "--quiet", "--orphan", "empty");
    await repository.git("rm", "-rfq", ".");
    await repository.commit({ "README.md": "x" });
    await repository.git("checkout", "--quiet", "-b", "first");
    const files = Object.entries(FILES).map(([name, text]) => [`cadences/${name}`, text]);
    await repository.commit(Object.fromEntries(files) as Record<string, string>);
    const created = await repository.planned("--against", "empty");
    expect(created).toMatchObject({ code: 0, policy: [], sequences: [{ action: "create" }] });
    expect(created.attributes).toHaveLength(1);

    await repository.git("checkout", "--quiet", "-b", "last");
    for (const name of Object.keys(FILES)) await repository.git("rm", "-q", `cadences/${name}`);
    await repository.commit({ "cadences/README.md": "gone" });
    const gone = await repository.planned("--against", "first", "--root", ".");
    expect(gone).toMatchObject({
      code: 0,
      sequences: [{ action: "retire" }],
      diagnostics: [{ rule: "empty-tree", severity: "warning" }],
    });
  });

  test("a workspace whose folder got another name is compared with what it was", async () => {
    await repository.git("mv", "cadences", "flows");
    await repository.git("commit", "--quiet", "-m", "Another name");
    const { code, sequences, attributes, notes } = await repository.planned(
      "--root",
      `${repository.path}/flows`,
    );
    expect({ code, attributes }).toEqual({ code: 0, attributes: [] });
    expect(sequences.map(({ action }) => action)).toEqual(["none"]);
    expect(notes).toEqual([expect.stringContaining("the workspace moved away from cadences")]);
  });

  test("a renamed file changes nothing; a renamed id makes another sequence, and says so", async () => {
    await repository.git("mv", "cadences/visit.yaml", "cadences/stay.yaml");
    expect(sequenceIn(await repository.planned())).toMatchObject({ action: "none", changes: [] });
    const stay = FILES["visit.yaml"]!.replace("id: visit", "id: stay");
    await repository.write({ "stay.yaml": stay });
    const { sequences, notes } = await repository.planned();
    expect(sequences.map(({ id, action }) => [id, action])).toEqual([
      ["stay", "create"],
      ["visit", "retire"],
    ]);
    expect(notes).toEqual([expect.stringContaining("stay says what visit says")]);
  });

  test("a changed persona is no change of what is published", async () => {
    await repository.write({
      "ana.yaml": "kind: Persona\nid: ana\ncontact: { first_name: Anna, email: a@example.com }\n",
    });
    expect(sequenceIn(await repository.planned())).toMatchObject({ action: "none", previews: [] });
  });

  test("retiring more than the guard allows is a warning before it stalls", async () => {
    const many = ["b", "c", "d", "e"].map((id) => [`cadences/${id}.yaml`, sms(id)] as const);
    await repository.git("checkout", "--quiet", "main");
    await repository.commit(Object.fromEntries(many));
    await repository.git("checkout", "--quiet", "-b", "pruned");
    await repository.commit(Object.fromEntries(many.map(([name]) => [name, null])));
    const { code, diagnostics } = await repository.planned();
    expect(code).toBe(0);
    expect(diagnostics).toMatchObject([
      {
        rule: "retire-guard",
        severity: "warning",
        message: expect.stringContaining("4 sequences"),
      },
    ]);
    expect(diagnostics[0]?.message).toContain("--acknowledge <the merge commit>");
    const { out } = await repository.plan("--output", "markdown");
    expect(out).toContain("### ⚠️ Cadenza plan: 4 retired");
    expect(out.split("| 🔴 retired |")[0]).toContain("until an operator agrees");
  });
});

describe("wrong usage", () => {
  test.each([
    [[], /--against/],
    [["--against", "nowhere"], /nowhere is no commit here/],
    [["--against", ""], /--against is empty/],
    [["--against", "main..topic"], /main..topic is no commit here/],
    [["--against", "main^{tree}"], /is no commit here/],
    [["--against", "main", "--start", "soon"], /not an ISO 8601 instant/],
    [["--against", "main", "--server", "http://127.0.0.1:1"], /cannot reach http:\/\/127.0.0.1:1/],
  ])("%j", async (options, message) => {
    const { cadenza } = await import("../../support/cli.ts");
    const { code, out, err } = await cadenza(["plan", ...options], {
      cwd: `${repository.path}/cadences`,
      env: { CADENZA_CACHE: "off", CADENZA_API_KEY: "key" },
    });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
