import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "../cli/run.ts";
import { readWorkspace } from "../cli/workspace-files.ts";
import { compile } from "../core/language/index.ts";
import { report, takeTurns } from "./measure.ts";
import { writeWorkspace } from "./validate-workspace.ts";

/**
 * `validate` on 1,000 sequence files of 60 lines: with nothing remembered against `yaml` alone parsing them,
 * and with what the last run remembers against reading and hashing them, in one process by turns; and the
 * peak memory of the command in a process of its own.
 */
const MAIN = join(import.meta.dirname, "../cli/main.js");
const ARGUMENTS = ["--output", "json"];
const PEAK = "process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS))";

const root = await mkdtemp(join(tmpdir(), "cadenza-bench-"));
try {
  await writeWorkspace(root, 1_000);
  const { files } = readWorkspace(root);
  const cached = { CADENZA_CACHE: `${root}-cache` };
  await validateCommand(root, cached);
  const medians = await takeTurns(
    [
      { name: "yaml", run: () => files.forEach((file) => parse(file.text)) },
      { name: "compile", run: () => compile(files) },
      { name: "command", run: () => validateCommand(root, {}) },
      { name: "cached", run: () => validateCommand(root, cached) },
      { name: "hash", run: () => readAndHash(root) },
    ],
    { rounds: 7, warmUp: 1 },
  );
  const {
    yaml = NaN,
    compile: compiled = NaN,
    command = NaN,
    cached: again = NaN,
    hash = NaN,
  } = medians;
  report({
    "yaml alone, ms": yaml,
    "compile, ms": compiled,
    "validate command, ms": command,
    "reading and hashing, ms": hash,
    "cached, ms": again,
    "cached / reading and hashing": again / hash,
    "compile / yaml": compiled / yaml,
    "validate command / yaml": command / yaml,
    "peak memory of the command, MB": peakMemory(root),
  });
} finally {
  await rm(root, { recursive: true });
  for (const cache of ["cache", "fresh"])
    await rm(`${root}-${cache}`, { recursive: true, force: true });
}

/** What nobody can do without who wants to know whether files are still the same. */
function readAndHash(folder: string): string {
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) hash.update(readFileSync(join(entry.parentPath, entry.name)));
  }
  return hash.digest("hex");
}

async function validateCommand(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  let output = "";
  const code = await run(["validate", "--root", folder, ...ARGUMENTS], {
    out: (text) => void (output += text),
    err: () => {},
    env,
    cwd: folder,
    color: false,
    now: () => 0,
  });
  if (code !== 0) throw new Error(`the workspace is not valid:\n${output.slice(0, 2_000)}`);
}

/** Of a process with nothing remembered. @returns MB */
function peakMemory(folder: string): number {
  const env = { ...process.env, CADENZA_CACHE: `${folder}-fresh` };
  const child = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${PEAK}`, MAIN, "validate", "--root", folder, ...ARGUMENTS],
    { encoding: "utf8", maxBuffer: 100_000_000, env },
  );
  const [, kilobytes] = /peak (\d+)/.exec(child.stderr) ?? [];
  if (kilobytes === undefined) throw new Error(`validate failed:\n${child.stderr}`);
  return Number(kilobytes) / 1_024;
}
