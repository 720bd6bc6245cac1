import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createCompiler } from "../../../cli/cache/compiler.ts";
import { openParsed } from "../../../cli/cache/parsed.ts";
import { openStore } from "../../../cli/cache/store.ts";
import { compile, type SourceFile } from "../../../core/language/index.ts";
import { casesIn } from "../../core/language/golden.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cadenza-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const io = () => ({
  out: () => {},
  err: () => {},
  env: { CADENZA_CACHE: folder },
  cwd: "/",
  color: false,
  now: () => 0,
});
const compiler = () => createCompiler({}, io(), "/nowhere");

/** All of a compilation that is data. */
function dataOf(files: readonly SourceFile[], parsed?: ReturnType<typeof openParsed>) {
  const { variables: _, ...data } = compile(files, parsed === undefined ? {} : { parsed });
  return data;
}

const CASES = [...casesIn("ok"), ...casesIn("err")];

describe("a result that was kept is the result", () => {
  it.each(CASES)("of $name", async ({ files }) => {
    const fresh = dataOf(files);
    expect(await compiler().check(files)).toStrictEqual(fresh.diagnostics);
    const before = await compiler().compile(files);
    const first = readdirSync(folder).toSorted();
    expect(first.map((name) => name.split("-")[0])).toEqual(
      expect.arrayContaining(["checked", "compiled"]),
    );
    // A run of its own, as another process would be.
    expect(await compiler().check(files)).toStrictEqual(fresh.diagnostics);
    const after = await compiler().compile(files);
    expect(after).toStrictEqual(fresh);
    expect({ ...before }).toMatchObject({ ...fresh });
    expect(readdirSync(folder).toSorted()).toEqual(first);
  });
});

describe("files that were read before, beside others", () => {
  it("make no difference, whatever the files are", () => {
    let seed = 11;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const all = CASES.flatMap(({ files }) => files);
    const store = openStore(folder, () => 0);
    for (let round = 0; round < 150; round++) {
      const picked = Array.from({ length: 1 + random(8) }, () => all[random(all.length)]!);
      const base = random(2) === 0 ? (CASES[0]?.files ?? []) : [];
      const files = [...new Map([...base, ...picked].map((file) => [file.path, file])).values()];
      const parsed = openParsed(store, "0".repeat(64));
      expect(dataOf(files, parsed)).toStrictEqual(dataOf(files));
      parsed.save();
    }
    expect(readdirSync(folder)).toEqual([`parsed-${"0".repeat(64)}.json`]);
  });
});

describe("another question has another answer", () => {
  const [{ files }] = CASES as [(typeof CASES)[number]];
  const text = files[0]?.text ?? "";

  it.each<[string, readonly SourceFile[]]>([
    ["a changed text", [{ path: "cadenza.yaml", text: `${text}\nx: 1` }, ...files.slice(1)]],
    ["another name", [{ path: "other.yaml", text }, ...files.slice(1)]],
    ["a file less", files.slice(1)],
    ["no file", []],
    ["what moved from a text to its name", [{ path: `cadenza.yaml${text}`, text: "" }]],
  ])("%s", async (_, changed) => {
    await compiler().check(files);
    await compiler().compile(files);
    expect(await compiler().check(changed)).toStrictEqual(dataOf(changed).diagnostics);
    expect(await compiler().compile(changed)).toMatchObject(dataOf(changed));
  });

  it("without a cache nothing is kept, and nothing that was kept is used", async () => {
    const off = () => createCompiler({ cache: false }, io(), "/nowhere");
    expect(await off().check(files)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    await compiler().check(files);
    const kept = readdirSync(folder).find((name) => name.startsWith("checked-")) ?? "";
    const [kind = "", key = ""] = kept.replace(".json", "").split("-");
    const planted = [{ rule: "planted" }];
    openStore(folder, () => 0).write(kind, key, planted);
    expect(await compiler().check(files)).toEqual(planted);
    expect(await off().check(files)).toEqual([]);
  });
});
