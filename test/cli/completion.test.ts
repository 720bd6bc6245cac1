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
  });
});
