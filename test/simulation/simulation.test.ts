import fc from "fast-check";
import { expect, test } from "vitest";
import { CORE, live, replay } from "./life.ts";
import { broken } from "./promises.ts";
import { scenarios } from "./scenario.ts";

const RUNS = 2_000;

test(
  "never early, never twice, nothing lost, in order, in sending hours, by its own version",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        expect(broken(scenario, await live(scenario))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  },
);

test(
  "a life that is read back from what was stored, again and again, is the same",
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        const restarted = await live(scenario, CORE, (state) => JSON.parse(JSON.stringify(state)));
        const { entries, state } = await live(scenario);
        expect([restarted.entries, restarted.state]).toEqual([entries, state]);
      }),
      { numRuns: RUNS / 4 },
    );
  },
);

test("a history leads to the same state whenever it is replayed", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { history, state } = await live(scenario);
      expect(await replay(scenario, history)).toEqual(state);
    }),
    { numRuns: RUNS / 4 },
  );
});
