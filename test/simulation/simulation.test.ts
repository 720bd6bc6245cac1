import fc from "fast-check";
import { expect, test } from "vitest";
import { live } from "./life.ts";
import { broken } from "./promises.ts";
import { scenarios } from "./scenario.ts";

const RUNS = 2_000;

test("never early, never twice, nothing lost, in order, in sending hours, by its own version", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      expect(broken(scenario, await live(scenario))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("a life that is read back from what was stored, again and again, is the same", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const restarted = await live(scenario, (state) => JSON.parse(JSON.stringify(state)));
      expect(restarted).toEqual(await live(scenario));
    }),
    { numRuns: RUNS / 4 },
  );
});
