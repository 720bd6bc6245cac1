import { afterAll, beforeAll, expect, test } from "vitest";
import { dryRun, runCase, type Case } from "./matrix.ts";
import { PLANTED, type PlantedName } from "./planted.ts";
import { World } from "./world.ts";

/** Long enough for what recovers, short for what never does. */
const GIVE_UP_MS = 8_000;

let world: World;
beforeAll(async () => {
  world = await World.create({ giveUpMs: GIVE_UP_MS });
});
afterAll(() => world.close());

/** What the matrix says of a kill at the first point of the role that reads like this. */
async function found(name: PlantedName, point: RegExp, moment: Case["moment"]): Promise<string> {
  const { role } = PLANTED[name];
  const points = Object.keys(await dryRun(world, role));
  const at = points.find((one) => point.test(one));
  if (at === undefined) throw new Error(`none of ${points.join("; ")}`);
  await world.plant(name);
  try {
    const given = { role, point: at, nth: 0, moment, whom: "the process" } as const;
    const { wrong, kills } = await runCase(world, given);
    expect(kills).toBe(1);
    return wrong.join("\n");
  } catch (error) {
    return String(error);
  } finally {
    await world.plant(null);
  }
}

test.each<[PlantedName, RegExp, Case["moment"], string]>([
  ["no-fence", /^call of the provider/, "after", "was taken 2 times"],
  ["no-intent", /^call of the provider/, "after", "was taken 2 times"],
  ["no-transaction", /^update sequences/, "before", "is published and not told of"],
  // Last: what is lost stays so.
  ["no-sweeper", /^insert into pgboss/, "before", "the work does not come to its end"],
])("without a protection (%s) the matrix reports it", async (name, point, moment, words) => {
  expect(await found(name, point, moment)).toContain(words);
});
