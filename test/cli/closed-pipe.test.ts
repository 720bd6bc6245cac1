import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
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

test.skipIf(!existsSync("/dev/full"))("a full disk is a fault, and no finding", async () => {
  const child = spawn(process.execPath, ["cli/main.js", "explain", "--output", "json"], {
    env: { PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
  });
  let told = "";
  child.stderr?.on("data", (text: Buffer) => void (told += text.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(3);
  expect(told).toMatch(/^cadenza: what it says cannot be written: ENOSPC[^\n]*\n$/);
});
