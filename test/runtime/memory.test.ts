import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MEMORY = fileURLToPath(new URL("../../runtime/memory.ts", import.meta.url));

/** Makes garbage of which much outlives a collection, and tells the most that the young generation took. */
const SCRIPT = `
import { getHeapSpaceStatistics } from "node:v8";
import { setImmediate as turn } from "node:timers/promises";
const { keepHeapSmall } = await import(process.argv[1]);
keepHeapSmall();
const kept = Array.from({ length: 4_000 }, () => null);
let most = 0;
for (let i = 0; i < 120; i++) {
  for (let j = 0; j < 1_000; j++) {
    kept[(i * 1_000 + j) % kept.length] = Array.from({ length: 100 }, () => ({ i, j }));
  }
  await turn();
  const young = getHeapSpaceStatistics().find((one) => one.space_name === "new_space");
  most = Math.max(most, young.space_size);
}
console.log(most);
`;

test("the young generation stops growing, whatever the machine has", async () => {
  const args = ["--input-type=module", "-e", SCRIPT, MEMORY];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(Number(stdout)).toBeGreaterThan(2 ** 20);
  expect(Number(stdout)).toBeLessThanOrEqual(64 * 2 ** 20);
});
