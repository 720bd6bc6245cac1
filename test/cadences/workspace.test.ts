import { expect, test } from "vitest";
import { cadenza } from "../support/cli.ts";

test("the workspace that ships has no finding, and its tests reach every way through it", async () => {
  expect(await cadenza(["validate", "--strict"])).toMatchObject({ code: 0, out: "" });
  const { code, out } = await cadenza(["test", "--coverage-min", "100"]);
  expect(out).toContain("100 %");
  expect(code).toBe(0);
});
