import { describe, expect, it } from "vitest";
import { gather } from "../../runtime/gather.ts";

/** A batch operation whose batches end when the test says so. */
function held() {
  const batches: { readonly items: readonly number[]; end(error?: Error): void }[] = [];
  const run = (items: readonly number[]) =>
    new Promise<number[]>((resolve, reject) => {
      const end = (error?: Error) => (error ? reject(error) : resolve(items.map((n) => n * 10)));
      batches.push({ items, end });
    });
  return { batches, run };
}

/** Some turns of the event loop, in none of which anything comes. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe("gather", () => {
  it("runs a lone item without delay, and what comes meanwhile together", async () => {
    const { batches, run } = held();
    const one = gather(run, { inFlight: 1, size: 3 });
    const results = [one(1)];
    await settled();
    expect(batches.map((batch) => batch.items)).toEqual([[1]]);
    for (const n of [2, 3, 4, 5]) results.push(one(n));
    batches[0]!.end();
    await settled();
    expect(batches[1]!.items).toEqual([2, 3, 4]);
    batches[1]!.end();
    await settled();
    expect(batches[2]!.items).toEqual([5]);
    batches[2]!.end();
    expect(await Promise.all(results)).toEqual([10, 20, 30, 40, 50]);
  });

  it("keeps no more batches in flight than allowed", async () => {
    const { batches, run } = held();
    const one = gather(run, { inFlight: 2, size: 10 });
    const results: Promise<number>[] = [];
    for (const n of [1, 2]) {
      results.push(one(n));
      await settled();
    }
    expect(batches.map((batch) => batch.items)).toEqual([[1], [2]]);
    for (const n of [3, 4]) results.push(one(n));
    batches[1]!.end();
    await settled();
    expect(batches[2]!.items).toEqual([3, 4]);
    batches[0]!.end();
    batches[2]!.end();
    await Promise.all(results);
  });

  it("lets callers who were answered together travel together again", async () => {
    const { batches, run } = held();
    const one = gather(run, { inFlight: 2, size: 10 });
    const results = [1, 2, 3].map(async (n) => one(await one(n)));
    await settled();
    batches[0]!.end();
    await settled();
    expect(batches.map((batch) => batch.items)).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
    batches[1]!.end();
    expect(await Promise.all(results)).toEqual([100, 200, 300]);
  });

  it("takes what arrives turn after turn into one batch", async () => {
    const { batches, run } = held();
    const one = gather(run, { inFlight: 2, size: 10 });
    const results: Promise<number>[] = [];
    for (const n of [1, 2, 3]) {
      results.push(one(n));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settled();
    expect(batches.map((batch) => batch.items)).toEqual([[1, 2, 3]]);
    batches[0]!.end();
    await Promise.all(results);
  });

  it("parts a crowd, so that one batch is under way while another one gathers", async () => {
    const { batches, run } = held();
    const one = gather(run, { inFlight: 2, size: 500 });
    const crowd = Array.from({ length: 64 }, (_, n) => n);
    const results = crowd.map(async (n) => one(await one(n)));
    await settled();
    const sizes = () => batches.map((batch) => batch.items.length);
    expect(sizes()).toEqual([32, 32]);
    batches[0]!.end();
    await settled();
    // Those who were answered do not wait for the others.
    expect(sizes()).toEqual([32, 32, 32]);
    for (const batch of batches) batch.end();
    await settled();
    for (const batch of batches.slice(3)) batch.end();
    await Promise.all(results);
    expect(sizes()).toEqual([32, 32, 32, 32]);
  });

  it("takes a crowd that has gone home for no crowd any more", async () => {
    const { batches, run } = held();
    const one = gather(run, { inFlight: 2, size: 500 });
    for (const size of [100, ...Array.from({ length: 30 }, () => 1)]) {
      const results = Array.from({ length: size }, (_, n) => one(n));
      await settled();
      while (batches.length > 0) batches.shift()!.end();
      await Promise.all(results);
    }
    const results = Array.from({ length: 40 }, (_, n) => one(n));
    await settled();
    expect(batches.map((batch) => batch.items.length)).toEqual([20, 20]);
    for (const batch of batches) batch.end();
    await Promise.all(results);
  });

  it("fails only the item at fault", async () => {
    const runs: (readonly number[])[] = [];
    const one = gather(
      async (items: readonly number[]) => {
        runs.push(items);
        await settled();
        if (items.includes(3)) throw new Error("three");
        return items;
      },
      { inFlight: 1, size: 10 },
    );
    const results = await Promise.allSettled([1, 2, 3, 4].map((n) => one(n)));
    expect(results.map((result) => result.status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(runs).toEqual([[1, 2, 3, 4], [1], [2], [3], [4]]);
    expect(await one(5)).toBe(5);
  });
});
