import { setImmediate as nextTurn } from "node:timers/promises";

interface Waiting<I, O> {
  readonly item: I;
  resolve(output: O): void;
  reject(error: unknown): void;
}

/** Turns of the event loop in which a batch waits for more, and how many in a row without any end that. */
const TURNS = 64;
const QUIET_TURNS = 4;

/**
 * Turns a batch operation into one for single items: items that arrive while batches are in flight, or
 * in the same few turns of the event loop, travel together. Callers who were answered together ask again
 * together, and the first of them must not take a batch of its own: a batch costs nearly the same for one
 * as for many. No timer delays a lone item. When a batch fails, its items are run one by one, so that
 * only the one that is at fault fails.
 */
export function gather<I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  limits: { readonly inFlight: number; readonly size: number },
): (item: I) => Promise<O> {
  const waiting: Waiting<I, O>[] = [];
  let inFlight = 0;
  let isGathering = false;

  /** Waits for what is on its way already. */
  async function arrivals(): Promise<void> {
    isGathering = true;
    for (let turn = 0, quiet = 0; turn < TURNS && quiet < QUIET_TURNS; turn++) {
      const before = waiting.length;
      await nextTurn();
      quiet = waiting.length === before ? quiet + 1 : 0;
    }
    isGathering = false;
  }

  async function runBatch(batch: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const outputs = await run(batch.map(({ item }) => item));
      for (const [index, one] of batch.entries()) one.resolve(outputs[index]!);
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const one of batch) await runBatch([one]);
    }
  }

  async function pump(): Promise<void> {
    while (waiting.length > 0 && !isGathering && inFlight < limits.inFlight) {
      await arrivals();
      inFlight += 1;
      await runBatch(waiting.splice(0, limits.size));
      inFlight -= 1;
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      void pump();
    });
}
