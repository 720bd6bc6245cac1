import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cadenza } from "../support/cli.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";
import {
  runSteps,
  stepsOf,
  type Comment,
  type Runner,
  type WorkflowStep,
} from "../support/workflow.ts";

/** A team's repository with a pull request: a branch that changes a text, and a base that went on. */
let repository: TestRepository;
let work: string;
let comments: Comment[];

const SEQUENCE = "cadences/sequences/appointment-reminder.yaml";
const OTHER = "cadences/sequences/thank-you.yaml";

beforeAll(async () => {
  repository = await createRepository();
  const { path, git, commit } = repository;
  await cadenza(["init", "--name", "Harbour Dental", "--timezone", "Europe/Lisbon"], { cwd: path });
  await commit({ [OTHER]: thanks("Thank you for coming.") }, "Begin");
  await git("checkout", "--quiet", "-b", "warmer");
  const text = readFileSync(join(path, SEQUENCE), "utf8");
  await commit({
    [SEQUENCE]: text.replaceAll("Does that still suit you?", "Is that still good for you?"),
  });
  await git("update-ref", "refs/pull/7/head", "warmer");
  await git("checkout", "--quiet", "main");
  await commit({ [OTHER]: thanks("It was good to see you.") }, "Thank more warmly");
  await git("checkout", "--quiet", "--detach");
  await git("merge", "--quiet", "--no-ff", "-m", "Merge", "warmer");
  await git("update-ref", "refs/pull/7/merge", "HEAD");
  await git("checkout", "--quiet", "main");
});
afterAll(() => repository.remove());

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "cadenza-workflow-"));
  comments = [
    { id: 1, user: { type: "User" }, body: "<!-- cadenza-plan: cadences --> says a stranger" },
  ];
  return () => rm(work, { recursive: true, force: true });
});

function thanks(text: string): string {
  return `kind: Sequence
id: thank-you
target: appointment
steps:
  - { id: thanks, wait: 1 day after appointment.starts_at, channel: email, content: { subject: Thank you, body: ${text} } }
`;
}

/** What `npm ci` leaves in a repository that has Cadenza among its packages. */
function install(folder: string): void {
  const bin = join(folder, "node_modules/.bin/cadenza");
  mkdirSync(dirname(bin), { recursive: true });
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${resolve("cli/main.js")}" "$@"\n`);
  chmodSync(bin, 0o755);
}

function runner(given: Partial<Runner> = {}): Runner {
  return {
    cwd: work,
    env: {
      PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
      GITHUB_BASE_REF: "main",
      GITHUB_STEP_SUMMARY: join(work, "summary.md"),
      GIT_CONFIG_GLOBAL: "/dev/null",
      NO_COLOR: "1",
      CADENZA_CACHE: "off",
    },
    expressions: {},
    install: () => install(work),
    comments,
    ...given,
  };
}

/** As the platform checks a pull request out: the merge, with the whole history. */
async function checkout(ref: string): Promise<void> {
  const { git, path } = repository;
  await git("clone", "--quiet", "--no-checkout", path, work);
  await git("-C", work, "fetch", "--quiet", "origin", ref);
  await git("-C", work, "checkout", "--quiet", "--detach", "FETCH_HEAD");
}

async function expectPlan(path: string): Promise<void> {
  const plan = await readFile(path, "utf8");
  expect(plan).toMatch(/^<!-- cadenza-plan: cadences -->\n/);
  expect(plan).toContain("appointment-reminder");
  expect(plan).toMatch(/Is that still good for you/);
  // What the base did in the meantime is nothing that this pull request does.
  expect(plan).not.toContain("It was good to see you");
  expect(plan).not.toContain("Thank you for coming");
}

describe("the workflow for GitHub", () => {
  const steps = () => stepsOf("examples/github/cadences.yaml", "prove");

  test("proves a pull request and says once what merging it does", async () => {
    await checkout("refs/pull/7/merge");
    expect(await runSteps(steps(), runner())).toMatchObject({ failed: null });
    await expectPlan(join(work, "plan.md"));
    expect(await readFile(join(work, "preview.html"), "utf8")).toContain("Hi Ana");
    expect(comments).toHaveLength(2);

    const text = await readFile(join(work, SEQUENCE), "utf8");
    writeFileSync(join(work, SEQUENCE), text.replaceAll("good for you", "all right"));
    await runSteps(steps(), runner());
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toContain("Is that still all right");
  });

  test("stops at a mistake and marks it", async () => {
    await checkout("refs/pull/7/merge");
    await appendFile(join(work, SEQUENCE), "colour: red\n");
    const { failed, output } = await runSteps(steps(), runner());
    expect(failed).toBe("Validate");
    expect(output).toMatch(/^::error file=cadences\/sequences\/appointment-reminder\.yaml,line=/m);
    expect(comments).toHaveLength(1);
  });

  test("stops at a scenario that no longer holds", async () => {
    await checkout("refs/pull/7/merge");
    const text = await readFile(join(work, SEQUENCE), "utf8");
    writeFileSync(join(work, SEQUENCE), text.replace("wait: 2 days before", "wait: 1 day before"));
    expect((await runSteps(steps(), runner())).failed).toBe("Test");
  });
});

describe("the workflow for forks", () => {
  const expressions = {
    "github.server_url": "file://",
    "github.event.pull_request.number": "7",
    "github.base_ref": "main",
  };

  test("proves a stranger's change without a token, and says it from a job that has one", async () => {
    const steps = stepsOf("examples/github/forks.yaml", "prove");
    const ran = await runSteps(
      steps,
      runner({
        expressions: { ...expressions, "github.repository": repository.path },
        install: () => install(join(work, "ours")),
      }),
    );
    expect(ran).toMatchObject({ failed: null });
    await expectPlan(join(work, "plan.md"));
    await runSteps(stepsOf("examples/github/forks.yaml", "say"), runner());
    expect(comments[1]?.body).toContain("Is that still good for you");
  });

  test("the job that reads what the stranger wrote has no permission, and the other runs none of it", () => {
    const text = readFileSync("examples/github/forks.yaml", "utf8");
    const { permissions, jobs } = parse(text) as {
      permissions: object;
      jobs: Record<"prove" | "say", { permissions: object; steps: WorkflowStep[] }>;
    };
    expect(permissions).toEqual({});
    expect(jobs.prove.permissions).toEqual({});
    expect(jobs.say.permissions).toEqual({ "pull-requests": "write" });
    expect(jobs.say.steps.filter(({ run, uses }) => run ?? /checkout/.test(uses ?? ""))).toEqual(
      [],
    );
    expect(text).not.toMatch(/secrets\./);
  });
});

describe("no example puts what others wrote into a command", () => {
  test.each(["examples/github/cadences.yaml", "examples/github/forks.yaml", "action.yml"])(
    "%s",
    (path) => {
      const file = parse(readFileSync(path, "utf8")) as {
        jobs?: Record<string, { steps: WorkflowStep[] }>;
        runs?: { steps: WorkflowStep[] };
      };
      const steps = [
        ...Object.values(file.jobs ?? {}).flatMap((job) => job.steps),
        ...(file.runs?.steps ?? []),
      ];
      expect(steps.length).toBeGreaterThan(3);
      for (const { run, with: given } of steps) {
        expect(`${run} ${given?.script}`).not.toContain("${{");
      }
    },
  );
});

describe("the composite action", () => {
  test("does the same", async () => {
    await checkout("refs/pull/7/merge");
    const { runs } = parse(readFileSync("action.yml", "utf8")) as {
      runs: { steps: WorkflowStep[] };
    };
    const outputs = join(work, "outputs");
    const base = runner();
    const ran = await runSteps(runs.steps, {
      ...base,
      install: () => {},
      env: {
        ...base.env,
        GITHUB_ACTION_PATH: resolve("."),
        GITHUB_OUTPUT: outputs,
        RUNNER_TEMP: work,
      },
      expressions: {
        "inputs.root": "cadences",
        "inputs.strict == 'true' && '--strict' || ''": "--strict",
        "steps.plan.outputs.plan": join(work, "cadenza-plan.md"),
      },
    });
    expect(ran).toMatchObject({ failed: null });
    await expectPlan(join(work, "cadenza-plan.md"));
    expect(comments[1]?.body).toContain("Is that still good for you");
    expect(await readFile(outputs, "utf8")).toContain("preview=");
  });
});

describe("the pipeline for GitLab", () => {
  test("leaves its reports, also when something is wrong", async () => {
    await checkout("refs/pull/7/head");
    const { cadences } = parse(readFileSync("examples/gitlab/gitlab-ci.yml", "utf8")) as {
      cadences: { script: string[]; artifacts: { reports: Record<string, string> } };
    };
    install(work);
    const steps = cadences.script.map((run) => ({ run }));
    const base = runner();
    const at = { ...base, env: { ...base.env, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main" } };
    expect(await runSteps(steps, at)).toMatchObject({ failed: null });
    await expectPlan(join(work, "plan.md"));
    const { codequality = "", junit = "" } = cadences.artifacts.reports;
    expect(JSON.parse(await readFile(join(work, codequality), "utf8"))).toEqual([]);
    expect(await readFile(join(work, junit), "utf8")).toContain("<testsuites");
  });
});
