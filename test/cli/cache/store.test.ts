import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { openStore, sha256 } from "../../../cli/cache/store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cadenza-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = () => Date.parse("2026-03-02T10:00:00Z");
const key = (n: number) => sha256(String(n));
const value = { list: [1, "two", null, true], map: { "": {} } };

test("what is written is read, by kind and key", () => {
  const store = openStore(join(folder, "a/b"), now);
  expect(store.read("checked", key(1))).toBeUndefined();
  store.write("checked", key(1), value);
  expect(openStore(join(folder, "a/b"), now).read("checked", key(1))).toStrictEqual(value);
  expect(store.read("compiled", key(1))).toBeUndefined();
  expect(store.read("checked", key(2))).toBeUndefined();
  store.write("checked", key(1), "other");
  expect(store.read("checked", key(1))).toBe("other");
  expect(readdirSync(join(folder, "a/b"))).toHaveLength(1);
});

test("only its owner may read it", () => {
  const own = join(folder, "own");
  openStore(own, now).write("checked", key(1), value);
  expect(statSync(own).mode & 0o777).toBe(0o700);
  expect(statSync(join(own, `checked-${key(1)}.json`)).mode & 0o777).toBe(0o600);
});

describe("a damaged file counts as none", () => {
  const path = () => join(folder, `checked-${key(1)}.json`);
  it.each<[string, () => void]>([
    ["empty", () => truncateSync(path(), 0)],
    ["cut off in its digest", () => truncateSync(path(), 30)],
    ["cut off", () => truncateSync(path(), 70)],
    ["altered", () => writeFileSync(path(), readFileSync(path(), "utf8").replace("two", "too"))],
    ["no JSON", () => writeFileSync(path(), `${sha256("{")}\n{`)],
    ["bytes", () => writeFileSync(path(), Buffer.from([0xff, 0xfe, 0]))],
    ["a folder", () => (rmSync(path()), mkdirSync(path()))],
  ])("%s", (_, damage) => {
    const store = openStore(folder, now);
    store.write("checked", key(1), value);
    damage();
    expect(store.read("checked", key(1))).toBeUndefined();
  });
});

describe("a folder that cannot be written keeps nothing, and nobody is told", () => {
  test("because a file is in its place", () => {
    writeFileSync(join(folder, "file"), "");
    const store = openStore(join(folder, "file"), now);
    expect(() => store.write("checked", key(1), value)).not.toThrow();
    expect(store.read("checked", key(1))).toBeUndefined();
  });
  test.skipIf(process.getuid?.() === 0)("because it may only be read", () => {
    const store = openStore(folder, now);
    store.write("checked", key(1), value);
    chmodSync(folder, 0o500);
    store.write("checked", key(2), value);
    expect(store.read("checked", key(1))).toStrictEqual(value);
    expect(store.read("checked", key(2))).toBeUndefined();
    chmodSync(folder, 0o700);
  });
  test("and no half of a file is left where it was to be", () => {
    const path = join(folder, `checked-${key(1)}.json`);
    mkdirSync(path);
    openStore(folder, now).write("checked", key(1), value);
    expect(readdirSync(folder)).toEqual([`checked-${key(1)}.json`]);
  });
});

test.each([[Infinity], [-Infinity], [NaN], [-0], [undefined], [1n], [new Date(0)], [new Map()]])(
  "%s is not kept, because JSON would make something else of it",
  (odd) => {
    const store = openStore(folder, now);
    store.write("checked", key(1), { deep: [{ odd }] });
    expect(store.read("checked", key(1))).toBeUndefined();
  },
);

describe("it is bounded", () => {
  test("the results that were not used for longest go first, and nothing that is not its own", () => {
    const store = openStore(folder, now);
    const others = ["notes.txt", "checked-1.json", `checked-${key(0)}.json.bak`];
    for (const name of others) writeFileSync(join(folder, name), "");
    for (let n = 0; n < 205; n++) {
      const path = join(folder, `checked-${key(n)}.json`);
      writeFileSync(path, `${sha256("1")}\n1`);
      utimesSync(path, 1_000 + n, 1_000 + n);
    }
    expect(store.read("checked", key(0))).toBe(1);
    store.write("checked", key(1_000), 2);
    const left = readdirSync(folder);
    expect(left).toHaveLength(200 + others.length);
    expect(left).toEqual(expect.arrayContaining(others));
    expect(store.read("checked", key(0))).toBe(1);
    expect(store.read("checked", key(1_000))).toBe(2);
    for (const n of [1, 2, 3, 4, 5, 6]) expect(store.read("checked", key(n))).toBeUndefined();
    expect(store.read("checked", key(7))).toBe(1);
  });

  test("what a write that was killed has left goes like the rest", () => {
    const part = join(folder, `checked-${key(1)}.json.${"0".repeat(16)}.part`);
    writeFileSync(part, "");
    utimesSync(part, 1, 1);
    const store = openStore(folder, now);
    for (let n = 0; n < 200; n++) store.write("checked", key(n), n);
    expect(existsSync(part)).toBe(false);
  });
});
