import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

/**
 * The command line as CI runs it on anyone's pull request: a process of its own, a folder somebody else
 * filled. Each case is told by a finding, soon and in little memory, and nothing is executed.
 */
const MAIN = join(import.meta.dirname, "../../cli/main.js");
/** Where there is /proc: what a process reports of itself counts its parent's memory, too. */
const PEAK = `
  import { existsSync, readFileSync } from "node:fs";
  const STATUS = "/proc/self/status";
  const own = () => /VmHWM:\\s+(\\d+)/.exec(readFileSync(STATUS, "utf8"))[1];
  const peak = () => (existsSync(STATUS) ? own() : process.resourceUsage().maxRSS);
  process.on("exit", () => console.error("peak", peak()));
`;
const HOOK = `data:text/javascript,${encodeURIComponent(PEAK)}`;
/** A busy machine may be given more time: every limit is multiplied by it. */
const SLACK = Number(process.env["CADENZA_TEST_SLACK"] ?? 1);
const MOST_MS = 2_000 * SLACK;
const MOST_MB = 300;

const home = await mkdtemp(join(tmpdir(), "cadenza-hostile-"));
afterAll(() => rm(home, { recursive: true, force: true }));

const SEQUENCE = "kind: Sequence\nid: x\nname: X\ntarget: contact\nsteps:\n  - id: a\n";
const CONTENT = "    content: ";
const quoted = (text: string) =>
  `${SEQUENCE}    wait: 1 day\n${CONTENT}${JSON.stringify({ type: "text", body: text })}\n`;
const write = (text: string | Uint8Array) => (root: string) =>
  writeFile(join(root, "x.yaml"), text);
const bomb = ["a: &a [x, x]"];
for (let n = 1; n < 30; n++) bomb.push(`k${n}: &k${n} [*${n === 1 ? "a" : `k${n - 1}`}, *a]`);

const CASES: readonly [string, string, (root: string) => unknown][] = [
  ["a billion laughs", "yaml-unsafe", write(`kind: Sequence\n${bomb.join("\n")}\n`)],
  ["an alias to itself", "yaml-unsafe", write("kind: Sequence\nid: x\nsteps: &s [*s]\n")],
  [
    "100,000 keys",
    "file-too-big",
    write(Array.from({ length: 100_000 }, (_, n) => `k${n}: 1\n`).join("")),
  ],
  ["deep flow", "file-too-big", write(`kind: ${"[".repeat(100_000)}`)],
  ["deep blocks", "yaml-unsafe", write(`kind: Sequence\nsteps:\n  ${"- ".repeat(100_000)}x\n`)],
  [
    "__proto__",
    "yaml-unsafe",
    write("kind: Sequence\nid: x\n__proto__: { polluted: true }\nsteps: []\n"),
  ],
  [
    "constructor",
    "unknown-key",
    write("kind: Sequence\nid: x\nconstructor: { prototype: 1 }\nsteps: []\n"),
  ],
  ["a link to a file", "unreadable-file", (root) => symlink("/etc/passwd", join(root, "x.yaml"))],
  ["a link to itself", "unreadable-file", (root) => symlink("x.yaml", join(root, "x.yaml"))],
  ["a pipe", "unreadable-file", (root) => execFileSync("mkfifo", [join(root, "x.yaml")])],
  [
    "an LFS pointer",
    "kind-missing",
    write("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
  ],
  [
    "binary",
    "unreadable-file",
    write(Uint8Array.from({ length: 4_096 }, (_, n) => (n * 37) % 256)),
  ],
  ["UTF-16", "unreadable-file", write(Buffer.from("\uFEFFkind: Sequence\n", "utf16le"))],
  ["latin-1", "unreadable-file", write(Buffer.from("kind: Sequence\nname: ol\u00E1\n", "latin1"))],
  ["NUL", "yaml-unsafe", write("kind: Sequence\nid: x\0\n")],
  ["50 MB", "unreadable-file", write(Buffer.alloc(50_000_000, "# a\n"))],
  [
    "a prototype",
    "template-forbidden",
    write(quoted("{{ ''.constructor.constructor('return process')() }}")),
  ],
  [
    "10,000 filters",
    "template-too-big",
    write(quoted(`{{ contact.id${" | upper".repeat(10_000)} }}`)),
  ],
  [
    "deep parentheses",
    "template-too-big",
    write(quoted(`{{ ${"(".repeat(20_000)}1${")".repeat(20_000)} }}`)),
  ],
  ["a template of 1 MB", "unreadable-file", write(quoted("{{ contact.nope }} ".repeat(55_000)))],
  [
    "a wait for ever",
    "wait",
    write(`${SEQUENCE}    wait: 99999999999 days\n${CONTENT}{ type: text, body: Hi }\n`),
  ],
];

it.each(CASES)(
  "%s is a finding (%s), and nothing more",
  { timeout: 60_000 },
  async (_, rule, fill) => {
    const root = await mkdtemp(join(home, "case-"));
    await writeFile(join(root, "cadenza.yaml"), "kind: Workspace\nname: W\ntimezone: UTC\n");
    await fill(root);
    const { code, out, err, ms, mb } = await validate(root);
    expect(err).not.toMatch(/internal error|^ {4}at /m);
    expect(code).toBe(1);
    const { diagnostics } = JSON.parse(out) as { diagnostics: object[] };
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ file: "x.yaml", severity: "error", rule }),
    );
    expect(mb).toBeLessThan(MOST_MB);
    expect(ms).toBeLessThan(MOST_MS);
  },
);

/** Killed when it takes far too long, so that a pipe without a writer cannot hang the test. */
async function validate(root: string) {
  const start = performance.now();
  const args = ["--import", HOOK, MAIN, "validate", "--root", root, "--output", "json"];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, CADENZA_CACHE: "off" },
    timeout: 20_000 * SLACK,
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => void (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const ms = performance.now() - start;
  return { code, out, err, ms, mb: Number(/peak (\d+)/.exec(err)?.[1] ?? NaN) / 1_024 };
}
