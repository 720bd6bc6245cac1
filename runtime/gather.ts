import { setImmediate as nextTurn } from "node:timers/promises";

interface Waiting<I, O> {
  readonly item: I;
  resolve(output: O): void;
  reject(error: unknown): void;
}

/** Turns of the event loop in which a batch waits for more, and how many in a row without any end that. */
const TURNS = 64;
const QUIET_TURNS = 4;
/** Fewer than these travel together: a batch costs nearly the same for one as for some. */
const UNDIVIDED = 16;
/** How much of the highest number of callers is left after each batch that has fewer. */
const FADING = 0.9;

/**
 * Turns a batch operation into one for single items: items that arrive while batches are in flight, or
 * in the same few turns of the event loop, travel together. Callers who were answered together ask again
 * together, and the first of them must not take a batch of its own: a batch costs nearly the same for one
 * as for many. Nor must many of them travel as one: while a batch is under way here, the answers and next
 * questions of another are worked on there. No timer delays a lone item. When a batch fails, its items are run one by one, so that
 * only the one that is at fault fails.
 */
export function gather<I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  limits: { readonly inFlight: number; readonly size: number },
): (item: I) => Promise<O> {
  const waiting: Waiting<I, O>[] = [];
  let inFlight = 0;
  /** Items that are waiting or under way, and how many that lately were at most. */
  let present = 0;
  let crowd = 0;
  let isGathering = false;

  /** What one batch takes, so that as many as may be in flight have about the same. */
  function share(): number {
    return Math.min(limits.size, Math.max(UNDIVIDED, Math.ceil(crowd / limits.inFlight)));
  }

  /** Waits for what is on its way already, up to a batch's share. */
  async function arrivals(): Promise<void> {
    for (let turn = 0, quiet = 0; turn < TURNS && quiet < QUIET_TURNS; turn++) {
      if (waiting.length >= share()) break;
      const before = waiting.length;
      await nextTurn();
      quiet = waiting.length === before ? quiet + 1 : 0;
    }
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
      isGathering = true;
      await arrivals();
      // Together: whoever asks in between must find either a gathering or a batch under way.
      isGathering = false;
      void carry(waiting.splice(0, share()));
    }
  }

  async function carry(batch: readonly Waiting<I, O>[]): Promise<void> {
    inFlight += 1;
    await runBatch(batch);
    inFlight -= 1;
    present -= batch.length;
    crowd = Math.max(present, crowd * FADING);
    void pump();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      present += 1;
      crowd = Math.max(crowd, present);
      void pump();
    });
}
