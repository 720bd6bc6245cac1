import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
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
    const isRead = /\.(js|json|njk|css)$|^dist\/cli\/scaffold\//;
    expect(code.filter((path) => !isRead.test(path))).toEqual([]);
    const library = paths.filter((path) => path.startsWith("dist/cadences/"));
    expect(library.filter((path) => !/^dist\/cadences\/library\/[\w-]+\.yaml$/.test(path))).toEqual(
      [],
    );
  });

  test("says its version", async () => {
    expect((await cadenza("--version")).stdout).toBe(`${packed.version}\n`);
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

  test("publishes, and serves the console, the API and its documentation", async () => {
    const who = ["-c", "user.name=A. Writer", "-c", "user.email=writer@example.com"];
    await run("git", ["init", "-q"], { cwd: project });
    await run("git", ["add", "cadences"], { cwd: project });
    await run("git", [...who, "commit", "-q", "-m", "Cadences"], { cwd: project });
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
