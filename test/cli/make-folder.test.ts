import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder } from "../../cli/make-folder.ts";
import { prepareDataFolder } from "../../cli/serve/data-folder.ts";
import { cadenza } from "../support/cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("making a folder", () => {
  test("with all above it, twice if need be", () => {
    const deep = join(folder, "a/b/c");
    makeFolder(deep, 0o700);
    makeFolder(deep);
    expect(statSync(deep).isDirectory()).toBe(true);
    expect(statSync(deep).mode & 0o777).toBe(0o700);
  });

  test("not where a file is in the way", async () => {
    await writeFile(join(folder, "file"), "");
    expect(() => makeFolder(join(folder, "file"))).toThrow(/EEXIST/);
    expect(() => makeFolder(join(folder, "file/below"))).toThrow(/EEXIST/);
  });

  describe.skipIf(!existsSync("/proc/self"))("in a file system that makes none", () => {
    test("it fails instead of trying for ever", () => {
      expect(() => makeFolder("/proc/cadenza/data")).toThrow(/ENOENT/);
    });

    test("serve says which setting is meant", async () => {
      await expect(prepareDataFolder("/proc/cadenza")).rejects.toThrow(
        "/proc/cadenza cannot hold the server's files (ENOENT); name a folder that it may write to with --data",
      );
    });

    test("init says where it cannot write", async () => {
      expect(await cadenza(["init", "/proc/cadenza"])).toMatchObject({
        code: 2,
        err: "cadenza: cannot write to /proc/cadenza (ENOENT)\n",
      });
    });
  });
});
