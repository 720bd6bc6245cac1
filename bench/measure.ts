/** Whether it is only to be seen that a benchmark still works (`--quick`): its figures say nothing. */
export const isQuick = process.argv.includes("--quick");

/** The count that the command line names, else what is usual. */
export function countNamed(usual: number, quick: number): number {
  return Number(process.argv.find((one) => /^\d+$/.test(one)) ?? (isQuick ? quick : usual));
}

/** One contender: its name and what it does once. */
interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

/**
 * Lets the contenders take turns, in changing order so that none always runs in another's wake. One round
 * with `--quick`.
 * @param warmUp rounds that are not counted
 * @param before what prepares a round; its time counts for nobody
 * @returns the median milliseconds of each, by name
 */
export async function takeTurns(
  contenders: readonly Contender[],
  {
    rounds,
    warmUp,
    before,
  }: { readonly rounds: number; readonly warmUp: number; readonly before?: () => unknown },
): Promise<Record<string, number>> {
  const [first, last] = isQuick ? [0, 1] : [-warmUp, rounds];
  const times = new Map(contenders.map(({ name }): [string, number[]] => [name, []]));
  for (let round = first; round < last; round++) {
    await before?.();
    const order = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const { name, run } of order) {
      globalThis.gc?.();
      const start = performance.now();
      await run();
      if (round >= 0) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries([...times].map(([name, values]) => [name, median(values)]));
}

/** The middle value; of an even number, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return ((low ?? NaN) + (high ?? NaN)) / 2;
}

/** Prints results as JSON with `--json`, else as lines. */
export function report(result: Record<string, number | string>): void {
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify(result));
    return;
  }
  const width = Math.max(...Object.keys(result).map((name) => name.length));
  for (const [name, value] of Object.entries(result)) {
    console.log(`${name.padEnd(width)}  ${typeof value === "number" ? round(value) : value}`);
  }
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 2 : 0).padStart(8);
}
