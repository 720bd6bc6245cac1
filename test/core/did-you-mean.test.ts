import { expect, test } from "vitest";
import { didYouMean } from "../../core/did-you-mean.ts";

const FIELDS = ["first_name", "last_name", "name", "email", "phone", "timezone", "id"];

test.each([
  ["frist_name", "first_name"],
  ["firstname", "first_name"],
  ["nme", "name"],
  ["Name", "name"],
  ["mail", "email"],
  ["emial", "email"],
  ["time_zone", "timezone"],
  ["di", "id"],
])("takes %s for %s", (given, meant) => {
  expect(didYouMean(given, FIELDS)).toBe(meant);
});

test.each(["", "address", "x", "shoe_size", "constructor", "a".repeat(10_000)])(
  "knows nothing near %.20s",
  (given) => {
    expect(didYouMean(given, FIELDS)).toBeUndefined();
  },
);

test("prefers the nearest, and the first among equals", () => {
  expect(didYouMean("plam", ["plum", "plan", "palm"])).toBe("plum");
  expect(didYouMean("plan", ["plans", "plan"])).toBe("plan");
  expect(didYouMean("a", [])).toBeUndefined();
});
