import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { parse } from "yaml";

/** A step of a GitHub workflow, as far as the examples use it. */
export interface WorkflowStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: { readonly script?: string };
  readonly "working-directory"?: string;
}

/** A comment of a pull request. */
export interface Comment {
  readonly id: number;
  readonly user: { readonly type: string };
  body: string;
}

/** What the platform gives a job, and what the test stands in for. */
export interface Runner {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Values of the expressions in `${{ … }}`; one that is not here is a mistake of the workflow. */
  readonly expressions: Readonly<Record<string, string>>;
  /** Stands for the step named Install. */
  install(): void;
  readonly comments: Comment[];
}

interface Ran {
  /** The step that failed; null where all passed. */
  readonly failed: string | null;
  readonly output: string;
}

/** Actions of the platform that prepare or keep something, and do nothing for a test. */
const PASSED_OVER = /^actions\/(checkout|setup-node|upload-artifact|download-artifact)@v\d+$/;

/** The steps of a job of a workflow's file. */
export function stepsOf(path: string, job: string): readonly WorkflowStep[] {
  const workflow = parse(readFileSync(path, "utf8")) as {
    jobs: Record<string, { steps: WorkflowStep[] }>;
  };
  const steps = workflow.jobs[job]?.steps;
  if (steps === undefined) throw new Error(`${path} has no job ${job}`);
  return steps;
}

/** Carries out steps as the platform would, with the real commands, until one fails. */
export async function runSteps(steps: readonly WorkflowStep[], runner: Runner): Promise<Ran> {
  let output = "";
  for (const step of steps) {
    const name = step.name ?? step.uses ?? step.run ?? "";
    if (step.name === "Install") runner.install();
    else if (step.run !== undefined) {
      const ran = runInShell(step, runner);
      output += ran.output;
      if (ran.status !== 0) return { failed: name, output };
    } else if (step.uses?.startsWith("actions/github-script@")) await runScript(step, runner);
    else if (!PASSED_OVER.test(step.uses ?? "")) throw new Error(`what is ${step.uses}?`);
  }
  return { failed: null, output };
}

function runInShell(step: WorkflowStep, runner: Runner): { status: number; output: string } {
  const { status, stdout, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run ?? ""],
    {
      cwd: join(runner.cwd, step["working-directory"] ?? ""),
      env: { ...process.env, ...runner.env, ...environmentOf(step, runner) },
      encoding: "utf8",
    },
  );
  return { status: status ?? 1, output: stdout + stderr };
}

function environmentOf(step: WorkflowStep, { expressions }: Runner): Record<string, string> {
  const entries = Object.entries(step.env ?? {}).map(([key, value]) => [
    key,
    value.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
      const known = expressions[expression];
      if (known === undefined) throw new Error(`no value for the expression ${expression}`);
      return known;
    }),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

const AsyncFunction = async function () {}.constructor as new (
  ...code: string[]
) => (...values: unknown[]) => Promise<void>;

/** `actions/github-script`: the script gets the platform's client, here one with a list of comments. */
async function runScript(step: WorkflowStep, runner: Runner): Promise<void> {
  const { comments } = runner;
  const issues = {
    listComments: () => comments,
    createComment: ({ body }: { body: string }) =>
      comments.push({ id: comments.length + 1, user: { type: "Bot" }, body }),
    updateComment: ({ comment_id, body }: { comment_id: number; body: string }) => {
      const found = comments.find(({ id }) => id === comment_id);
      if (found === undefined) throw new Error(`no comment ${comment_id}`);
      found.body = body;
    },
  };
  const github = { rest: { issues }, paginate: (list: () => Comment[]) => list() };
  const context = { repo: { owner: "team", repo: "cadences" }, issue: { number: 7 } };
  const environment = { ...runner.env, ...environmentOf(step, runner) };
  const from = createRequire(join(runner.cwd, "script.js"));
  const files = {
    readFileSync: (name: string) => readFileSync(resolve(runner.cwd, name), "utf8"),
  };
  const load = (name: string): unknown => (name === "node:fs" ? files : from(name));
  const run = new AsyncFunction("github", "context", "require", "process", step.with?.script ?? "");
  await run(github, context, load, { env: environment });
}
