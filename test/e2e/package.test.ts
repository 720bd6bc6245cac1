import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const run = promisify(execFile);

/** The package as its users install it: packed, installed into an empty project, without what only we need. */
let project: string;
let packed: Packed;
let server: ChildProcess | undefined;

/** What `npm pack --json` tells of a tarball. */
interface Packed {
  readonly filename: string;
  readonly version: string;
  readonly files: readonly { readonly path: string }[];
}

/** Without npm's variables, and with this very Node first: the command's first line asks for `node`. */
const env = {
  PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  HOME: process.env["HOME"],
  NO_COLOR: "1",
};

/** What an older Node's modules do not export fails before the first line: here none exports anything. */
const OLDER_NODE = encodeURIComponent(`
  import { registerHooks } from "node:module";
  const empty = { url: "data:text/javascript,export {}", shortCircuit: true };
  const resolve = (name, context, next) => name.startsWith("node:") ? empty : next(name, context);
  registerHooks({ resolve });
  Object.defineProperty(process, "versions", { value: { node: "20.11.0" } });
`);

const WHO = ["-c", "user.name=A. Writer", "-c", "user.email=writer@example.com"];

const command = () => join(project, "node_modules/.bin/cadenza");
const cadenza = (...args: string[]) => run(command(), args, { cwd: project, env });

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cadenza-package-"));
  const npm = async (cwd: string, args: readonly string[]) => {
    const { stdout } = await run("npm", args, { cwd, env: { ...process.env, PATH: env.PATH } });
    return stdout;
  };
  const home = resolve(".");
  await npm(home, ["run", "--silent", "build"]);
  const told = await npm(project, ["pack", home, "--json", "--ignore-scripts"]);
  [packed] = JSON.parse(told) as [Packed];
  await writeFile(join(project, "package.json"), `{ "name": "uses-cadenza", "private": true }`);
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund"];
  await npm(project, ["install", ...quietly, `./${packed.filename}`]);
  await cp("cadences", join(project, "cadences"), { recursive: true });
});

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
  await rm(project, { recursive: true, force: true });
});

describe("the installed package", () => {
  test("holds what runs, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const rooms = ["cli", "controller", "core", "runtime", "schemas", "store"];
    const carried = ["cadences", "examples"];
    const inDist = [...rooms, ...carried].map((room) => `dist/${room}`);
    expect(new Set(paths.map((path) => path.split("/").slice(0, 2).join("/")))).toEqual(
      new Set(["LICENSE", "README.md", "package.json", ...inDist]),
    );
    const code = paths.filter((path) => rooms.some((room) => path.startsWith(`dist/${room}/`)));
    const isRead = /\.(js|json|njk|css|svg|bash)$|^dist\/cli\/scaffold\//;
    expect(code.filter((path) => !isRead.test(path))).toEqual([]);
    const library = paths.filter((path) => path.startsWith("dist/cadences/"));
    expect(library.filter((path) => !/^dist\/cadences\/library\/[\w-]+\.yaml$/.test(path))).toEqual(
      [],
    );
  });

  test("says its version", async () => {
    expect((await cadenza("--version")).stdout).toBe(`${packed.version}\n`);
  });

  test("prints completion for bash, which is a file of its own", async () => {
    expect((await cadenza("completion", "bash")).stdout).toContain("complete -o default");
  });

  test("validates and previews a workspace", async () => {
    expect((await cadenza("validate", "--strict")).stderr).toContain("no findings");
    expect((await cadenza("preview", "welcome")).stdout).toContain("Welcome");
  });

  test("brings the library of templates along", async () => {
    const cwd = join(project, "node_modules");
    const { stdout } = await run(command(), ["template", "list", "--output", "json"], { cwd, env });
    const listed = JSON.parse(stdout) as { id: string; source: string }[];
    expect(listed.length).toBeGreaterThanOrEqual(10);
    expect(new Set(listed.map(({ source }) => source))).toEqual(new Set(["library"]));
    const values = ["business=Harbour Dental", "sender=Ana", "review_link=https://example.com/r"];
    await cadenza(
      "template",
      "apply",
      "review-request",
      ...values.flatMap((set) => ["--set", set]),
    );
    expect((await cadenza("validate", "--strict")).stderr).toContain("no findings");
  });

  test("a first pull request: init, a template, a change, its plan and its report", async () => {
    const cwd = await mkdtemp(join(tmpdir(), "cadenza-first-"));
    const said = (...args: string[]) => run(command(), args, { cwd, env });
    const git = (...args: string[]) => run("git", [...WHO, ...args], { cwd, env });
    try {
      await said("init");
      const manifest = join(cwd, "cadences/cadenza.yaml");
      const scaffold = await readFile(manifest, "utf8");
      await writeFile(manifest, scaffold.replace(/# address:.*/, "address: 1 Quay Street"));
      const values = ["product=Tidebook", "sender=Mara", "price=$12 a month"];
      const link = "plans_link=https://app.example.com/plans";
      const sets = [...values, link].flatMap((set) => ["--set", set]);
      await said("template", "apply", "trial-ending", ...sets);
      await git("init", "-q", "--initial-branch=main");
      await git("add", ".");
      await git("commit", "-q", "-m", "Cadences");
      await git("checkout", "-q", "-b", "topic");

      const file = join(cwd, "cadences/sequences/trial-ending.yaml");
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace("wait: 7 days before", "wait: 9 days before"));
      const { stdout } = await said("plan", "--against", "main", "--output", "json");
      expect(JSON.parse(stdout)).toMatchObject({
        sequences: [
          { id: "appointment-reminder", action: "none" },
          { id: "trial-ending", action: "change", breaking: [{ rule: "wait-shortened" }] },
        ],
        attributes: [],
      });
      const comment = await said("plan", "--against", "main", "--output", "markdown");
      expect(comment.stdout).toMatch(
        /^<!-- cadenza-plan: cadences -->\n### ⚠️ Cadenza plan: 1 changed/,
      );
      await said("preview", "--against", "main", "--output", "html", "--out", "report.html");
      const report = await readFile(join(cwd, "report.html"), "utf8");
      expect(report).toContain("Your trial of Tidebook ends in a week");
      expect((await said("explain", "wait-shortened")).stdout).toContain("sooner");
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  });

  test("publishes, and serves the console, the API and its documentation", async () => {
    await run("git", ["init", "-q"], { cwd: project });
    await run("git", ["add", "cadences"], { cwd: project });
    await run("git", [...WHO, "commit", "-q", "-m", "Cadences"], { cwd: project });
    server = spawn(command(), ["serve", "--port", "0"], { cwd: project, env });
    let printed = "";
    server.stdout?.on("data", (text) => (printed += String(text)));
    server.stderr?.on("data", (text) => (printed += String(text)));
    await vi.waitFor(() => expect(printed).toContain("published "), { timeout: 60_000 });
    const [, url = ""] = /Console +(\S+)/.exec(printed) ?? [];
    for (const path of ["/", "/console.css", "/docs/", "/openapi.json", "/health/ready"]) {
      const response = await fetch(new URL(path, url));
      expect([path, response.ok]).toEqual([path, true]);
    }
  });

  test("says in one line that an older Node does not do", async () => {
    const main = join(project, "node_modules/cadenza/dist/cli/main.js");
    const old = run(process.execPath, ["--import", `data:text/javascript,${OLDER_NODE}`, main], {
      env,
    });
    await expect(old).rejects.toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^cadenza needs Node 24 or newer; this is 20\.11\.0\. .*\n$/),
    });
  });
});
