import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fingerprint } from "../../../cli/cache/fingerprint.ts";
import { cacheFolder } from "../../../cli/cache/folder.ts";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "cadenza-folder-"));
  mkdirSync(join(top, ".git"));
  mkdirSync(join(top, "cadences"));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

describe("the folder of results", () => {
  const of = (env: Record<string, string>, cwd = "/work") =>
    cacheFolder({ env, cwd }, join(top, "cadences"));

  test.each<[Record<string, string>, string | null]>([
    [{}, null],
    [{ HOME: "/home/ana" }, "/home/ana/.cache/cadenza"],
    [{ HOME: "/home/ana", XDG_CACHE_HOME: "/var/cache/ana" }, "/var/cache/ana/cadenza"],
    [{ HOME: "/home/ana", XDG_CACHE_HOME: "cache" }, "/home/ana/.cache/cadenza"],
    [{ HOME: "/home/ana", XDG_CACHE_HOME: "" }, "/home/ana/.cache/cadenza"],
    [{ HOME: "/home/ana", CADENZA_CACHE: "/tmp/results" }, "/tmp/results"],
    [{ HOME: "/home/ana", CADENZA_CACHE: "results" }, "/work/results"],
    [{ HOME: "/home/ana", CADENZA_CACHE: "" }, "/home/ana/.cache/cadenza"],
    [{ HOME: "/home/ana", CADENZA_CACHE: "off" }, null],
  ])("%j: %s", (env, folder) => {
    expect(of(env)).toBe(folder);
  });

  test("is never within the repository, where a pull request could put results", () => {
    for (const inside of ["cadences/.cache", ".cache", "."]) {
      expect(of({ CADENZA_CACHE: join(top, inside) })).toBeNull();
      expect(of({ CADENZA_CACHE: inside }, top)).toBeNull();
    }
    expect(of({ XDG_CACHE_HOME: join(top, "x") })).toBeNull();
    expect(of({ HOME: top })).toBeNull();
    expect(of({ CADENZA_CACHE: `${top}-cache` })).toBe(`${top}-cache`);
    rmSync(join(top, ".git"), { recursive: true });
    expect(of({ CADENZA_CACHE: join(top, "cadences/x") })).toBeNull();
    expect(of({ CADENZA_CACHE: join(top, "x") })).toBe(join(top, "x"));
  });
});

describe("the program's fingerprint", () => {
  test("is the same for the same program, and another after any edit", () => {
    for (const folder of ["core/language", "schemas/generated"]) {
      mkdirSync(join(top, folder), { recursive: true });
    }
    const rule = join(top, "core/language/rule.ts");
    writeFileSync(rule, "a");
    writeFileSync(join(top, "schemas/generated/validators.js"), "b");
    const first = fingerprint(top);
    expect(fingerprint(top)).toBe(first);
    writeFileSync(rule, "c");
    const edited = fingerprint(top);
    writeFileSync(join(top, "core/language/new.ts"), "");
    const grown = fingerprint(top);
    writeFileSync(join(top, "schemas/generated/validators.js"), "c");
    expect(new Set([first, edited, grown, fingerprint(top)]).size).toBe(4);
    expect(fingerprint()).toMatch(/^[0-9a-f]{64}$/);
  });
});
