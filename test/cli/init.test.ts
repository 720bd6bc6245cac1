import { globSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { cadenza } from "../support/cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-init-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const filesIn = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".schemas"))
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .toSorted();

describe("init", () => {
  test("makes a repository that is valid, previews and passes its own test", async () => {
    const { code, out, err } = await cadenza(["init", "team", "--name", 'The "A" Team'], {
      cwd: folder,
    });
    const team = join(folder, "team");
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n").toSorted()).toEqual(filesIn(team));
    expect(err).toBe(`
Next:
  cd team
  npm install           cadenza itself, from where your team gets its packages
  npx cadenza validate  every mistake at once
  npx cadenza preview   what Ana would get, and when
  npx cadenza test      the example's scenario
`);
    const workspace = parse(await readFile(join(team, "cadences/cadenza.yaml"), "utf8"));
    expect(workspace).toMatchObject({ name: 'The "A" Team' });

    const validated = await cadenza(["validate", "--strict"], { cwd: team });
    expect(validated).toMatchObject({ code: 0, out: "" });
    const previewed = await cadenza(["preview"], { cwd: team });
    expect(previewed.out).toContain("Hi Ana");
    expect(await cadenza(["test"], { cwd: team })).toMatchObject({ code: 0 });
  });

  test("has a place for the postal address, which validate asks for where it is shown", async () => {
    await cadenza(["init"], { cwd: folder });
    const manifest = join(folder, "cadences/cadenza.yaml");
    const shown = "{{ workspace.name }}, {{ workspace.address }}";
    const sequence = join(folder, "cadences/sequences/appointment-reminder.yaml");
    const text = await readFile(sequence, "utf8");
    await writeFile(sequence, text.replaceAll("{{ workspace.name }}", shown));
    const asked = await cadenza(["validate", "--strict"], { cwd: folder });
    expect(asked).toMatchObject({
      code: 1,
      out: expect.stringContaining("sender: { address: … }"),
    });
    const place = await readFile(manifest, "utf8");
    await writeFile(manifest, place.replace("# address:", "address:"));
    expect(await cadenza(["validate", "--strict"], { cwd: folder })).toMatchObject({ code: 0 });
  });

  test("every file names a schema that is there", async () => {
    await cadenza(["init"], { cwd: folder });
    const named = globSync("cadences/**/*.yaml", { cwd: folder }).map((name) => {
      return join(folder, name);
    });
    expect(named.length).toBeGreaterThan(4);
    for (const path of named) {
      const [, schema] =
        /^# yaml-language-server: \$schema=(.*)$/m.exec(await readFile(path, "utf8")) ?? [];
      const found = await readFile(join(path, "..", schema ?? ""), "utf8");
      expect(JSON.parse(found)).toHaveProperty("title");
    }
    const settings = JSON.parse(await readFile(join(folder, ".vscode/settings.json"), "utf8"));
    const [schema = ""] = Object.keys((settings as { "yaml.schemas": object })["yaml.schemas"]);
    expect(await readFile(join(folder, schema), "utf8")).toContain("Resource file");
  });

  test("keeps what is there, and says so", async () => {
    await writeFile(join(folder, "package.json"), "{}");
    const { code, out, err } = await cadenza(["init"], { cwd: folder });
    expect(code).toBe(0);
    expect(out).not.toContain("package.json");
    expect(err).toContain("kept as they were: package.json");
    expect(await readFile(join(folder, "package.json"), "utf8")).toBe("{}");
    const again = await cadenza(["init"], { cwd: folder });
    expect(again).toMatchObject({ code: 0, out: "" });
  });

  test.each([
    ["github", [".github/workflows/cadences.yaml"]],
    ["gitlab", [".gitlab-ci.yml"]],
    ["none", []],
  ])("writes the pipeline of %s", async (ci, expected) => {
    await cadenza(["init", "--ci", ci], { cwd: folder });
    expect(filesIn(folder).filter((name) => /^\.git(hub|lab)/.test(name))).toEqual(expected);
  });

  test.each([
    [["--timezone", "Mars/Olympus"], /no IANA zone/],
    [["file.txt"], /is not a folder/],
  ])("wrong usage: %j", async (argv, message) => {
    await writeFile(join(folder, "file.txt"), "");
    const { code, err } = await cadenza(["init", ...argv], { cwd: folder });
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(filesIn(folder)).toEqual(["file.txt"]);
  });
});
