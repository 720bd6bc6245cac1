import type { Outcome } from "../../controller/outcome.ts";

/** The first reconciliation of a server, which is announced to whoever started it instead of being logged. */
export interface FirstOutcome {
  /** Hands an outcome over. False where nobody waits for it: it is the log's. */
  take(outcome: Outcome): boolean;
  /** Waits for it; undefined after `ms`, and then it is the log's too. */
  within(ms: number): Promise<Outcome | undefined>;
}

/** Nobody waits until {@link FirstOutcome.within} is called, but what came before is kept for them. */
export function firstOutcome(): FirstOutcome {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  let isOpen = true;
  return {
    take(outcome) {
      if (!isOpen) return false;
      isOpen = false;
      resolve(outcome);
      return true;
    },
    async within(ms) {
      const late = new Promise<undefined>((done) => {
        setTimeout(() => done(undefined), ms).unref();
      });
      const outcome = await Promise.race([promise, late]);
      isOpen = false;
      return outcome;
    },
  };
}
