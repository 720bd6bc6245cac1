import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

test("who reads along may stop, as `| head` does", async () => {
  const child = spawn(process.execPath, ["cli/main.js", "template", "list", "--output", "json"], {
    env: { PATH: process.env["PATH"] ?? "" },
  });
  child.stdout.destroy();
  let told = "";
  child.stderr.on("data", (text: Buffer) => void (told += text.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  expect({ code, told }).toEqual({ code: 0, told: "" });
});
