import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const run = promisify(execFile);

/** The package as its users install it: packed, installed into an empty project, without what only we need. */
let project: string;
let server: ChildProcess | undefined;

const cadenza = (...args: string[]) =>
  run(process.execPath, [join(project, "node_modules/cadenza/dist/cli/main.js"), ...args], {
    cwd: project,
  });

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "cadenza-package-"));
  const npm = async (cwd: string, ...args: string[]) => {
    const PATH = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
    const { stdout } = await run("npm", args, { cwd, env: { ...process.env, PATH } });
    return stdout;
  };
  await npm(resolve("."), "pack", "--silent", "--pack-destination", project);
  await writeFile(join(project, "package.json"), `{ "name": "uses-cadenza", "private": true }`);
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  const packed = join(project, `cadenza-${version}.tgz`);
  await npm(project, "install", "--prefer-offline", "--no-audit", "--no-fund", packed);
  await cp("cadences", join(project, "cadences"), { recursive: true });
});

afterAll(async () => {
  server?.kill("SIGKILL");
  await rm(project, { recursive: true, force: true });
});

describe("the installed package", () => {
  test("holds what runs, and nothing else", async () => {
    const { stdout } = await run("tar", ["-tzf", "cadenza-0.1.0.tgz"], { cwd: project });
    const folders = stdout
      .trim()
      .split("\n")
      .map((path) => path.split("/").slice(1, 3).join("/"));
    expect(new Set(folders)).toEqual(
      new Set([
        "LICENSE",
        "README.md",
        "package.json",
        ...["cli", "controller", "core", "runtime", "schemas", "store"].map(
          (room) => `dist/${room}`,
        ),
      ]),
    );
  });

  test("validates and previews a workspace", async () => {
    expect((await cadenza("validate", "--strict")).stderr).toContain("no findings");
    expect((await cadenza("preview", "welcome")).stdout).toContain("Welcome");
  });

  test("publishes, and serves the console, the API and its documentation", async () => {
    const who = ["-c", "user.name=A. Writer", "-c", "user.email=writer@example.com"];
    await run("git", ["init", "-q"], { cwd: project });
    await run("git", ["add", "cadences"], { cwd: project });
    await run("git", [...who, "commit", "-q", "-m", "Cadences"], { cwd: project });
    const main = join(project, "node_modules/cadenza/dist/cli/main.js");
    server = spawn(process.execPath, [main, "serve", "--port", "0"], { cwd: project });
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
});
