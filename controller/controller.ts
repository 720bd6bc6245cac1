import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { answerRequest, readProgress } from "../store/reconciliations.ts";
import { openGit } from "./git.ts";
import type { Outcome } from "./outcome.ts";
import { reconcile, type ReconcileOptions, type Reconciler } from "./reconcile.ts";
import { sourceOf, type SourceSettings } from "./source.ts";

export interface ControllerOptions {
  readonly db: Db;
  readonly source: SourceSettings;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly onOutcome?: (outcome: Outcome) => void;
  readonly onError?: (error: unknown) => void;
  /** How often the source is fetched. */
  readonly pollMs?: number;
}

/** Follows the source: polls it, and answers whoever asks. */
export interface Controller {
  start(): void;
  /** Reconciles now; runs never overlap. */
  reconcileNow(options?: ReconcileOptions): Promise<Outcome>;
  /** Looks at once whether somebody asked. */
  kick(): void;
  stop(): Promise<void>;
}

const POLL_MS = 30_000;
const LISTEN_MS = 500;

/**
 * Opens the source's mirror; `start` begins to follow it.
 * @throws InvalidSource on settings that cannot be used
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  const { db, clock, dataDir, pollMs = POLL_MS, onOutcome, onError } = options;
  const source = sourceOf(options.source);
  const git = await openGit(source, dataDir);
  const reconciler: Reconciler = { db, clock, git, source };
  let queue: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let nextPoll = 0;

  const reconcileNow = (given: ReconcileOptions = {}) => {
    const run = queue.then(() => reconcile(reconciler, given));
    queue = run.catch(() => undefined);
    return run;
  };
  /** A request is answered by a reconciliation that began after it was made. */
  const round = async () => {
    const { requestedAt } = await readProgress(db);
    const isAsked = requestedAt !== null;
    if (!isAsked && performance.now() < nextPoll) return;
    onOutcome?.(await reconcileNow({ force: isAsked }));
    nextPoll = performance.now() + pollMs;
    if (isAsked) await answerRequest(db, requestedAt);
  };
  const loop = async () => {
    try {
      await round();
    } catch (error) {
      nextPoll = performance.now() + pollMs;
      onError?.(error);
    }
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(next, LISTEN_MS);
  };
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    clearTimeout(timer);
    running = running.then(() => (stopped ? undefined : loop()));
  };

  return {
    start: next,
    reconcileNow,
    kick: next,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await queue;
    },
  };
}
