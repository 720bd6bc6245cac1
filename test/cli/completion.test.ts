import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

/** In a process of its own: the words to offer go to the shell as they are. */
async function cadenza(...argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["cli/main.js", ...argv]);
  return stdout;
}

async function offered(...words: string[]): Promise<string[]> {
  const lines = (await cadenza("complete", "--", ...words)).trimEnd().split("\n");
  return lines.slice(0, -1).map((line) => line.split("\t")[0] ?? "");
}

describe("completion", () => {
  test.each(["bash", "zsh", "fish", "powershell"])("prints a script for %s", async (shell) => {
    expect(await cadenza("completion", shell)).toMatch(/cadenza complete '?--/);
  });

  test("offers commands, their options and the values of these", async () => {
    expect(await offered("val")).toEqual(["validate"]);
    expect(await offered("validate", "--st")).toEqual(["--strict"]);
    expect(await offered("validate", "--output", "sa")).toEqual(["sarif"]);
  });

  test("offers the ids of the workspace", async () => {
    expect(await offered("preview", "bil")).toEqual(["billing"]);
    expect(await offered("preview", "--persona", "maya")).toEqual(["maya-invoice"]);
    expect(await offered("template", "show", "dent")).toEqual(["dental-appointment"]);
  });
});

/** What bash offers for a line, cut as bash cuts it; loaded twice, as two start-up files do. */
async function inBash(...words: string[]): Promise<string[]> {
  const script = `
    cadenza() { "$NODE" cli/main.js "$@"; }
    eval "$(cadenza completion bash)"; eval "$(cadenza completion bash)"
    COMP_WORDS=(cadenza "$@"); COMP_CWORD=$#
    __cadenza_complete && printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await promisify(execFile)(
    "bash",
    ["--norc", "-c", script, "bash", ...words],
    { env: { ...process.env, NODE: process.execPath } },
  );
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion in bash itself", () => {
  test.each([
    [["expl"], ["explain"]],
    [["preview", "bil"], ["billing"]],
    [
      ["template", ""],
      ["list", "show", "apply", "help"],
    ],
    [["validate", "--output", "sa"], ["sarif"]],
    [["validate", "--output", "=", "sa"], ["sarif"]],
    [
      ["init", "--ci", "="],
      ["github", "gitlab", "none"],
    ],
    [["validate", ""], []],
    [["preview", "$(exit 3)"], []],
  ])("%j", async (words, expected) => {
    expect(await inBash(...words)).toEqual(expected);
  });
});
