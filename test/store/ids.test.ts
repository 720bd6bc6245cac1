import { expect, test } from "vitest";
import { newId } from "../../store/ids.ts";

test("ids are version 7 UUIDs, in order of time", () => {
  const [early, late] = [newId(1_000_000), newId(1_000_001)];
  expect(early).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(early < late).toBe(true);
});

test("many ids of one instant are distinct and in the order they were made", () => {
  const ids = Array.from({ length: 20_000 }, () => newId(5_000_000));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.toSorted()).toEqual(ids);
});
