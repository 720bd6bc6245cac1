import type { Log } from "./log.ts";

/** Something done again and again, one round at a time. */
interface Loop {
  start(): void;
  /** Runs the next round at once. */
  kick(): void;
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

/**
 * Repeats a round, `pauseMs` after the last one ended. A round that fails is told and tried again: a
 * database that is away for a while must not end the loop.
 */
export function createLoop(
  name: string,
  pauseMs: number,
  round: () => Promise<unknown>,
  log: Log,
): Loop {
  let running: Promise<void> | null = null;
  let stopped = false;
  let kicked = false;
  let wake: (() => void) | null = null;

  const run = async () => {
    while (!stopped) {
      kicked = false;
      try {
        await round();
      } catch (error) {
        log.error("round_failed", { loop: name, error: String(error) });
      }
      if (stopped || kicked) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
    }
  };
  return {
    start: () => void (running ??= run()),
    kick() {
      kicked = true;
      wake?.();
    },
    async stop() {
      stopped = true;
      wake?.();
      await running;
    },
  };
}
