import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { answerRequest, readProgress } from "../store/reconciliations.ts";
import { openGit } from "./git.ts";
import { createMemory } from "./memory.ts";
import { OVERTAKEN, type Outcome } from "./outcome.ts";
import { reconcile, type ReconcileOptions, type Reconciler } from "./reconcile.ts";
import { sourceOf, type SourceSettings } from "./source.ts";

export interface ControllerOptions {
  readonly db: Db;
  readonly source: SourceSettings;
  readonly dataDir: string;
  readonly clock: Clock;
  /** Told what differs from the time before. */
  readonly onOutcome?: (outcome: Outcome) => void;
  readonly onError?: (error: unknown) => void;
  /** How often the source is fetched. */
  readonly pollMs?: number;
}

/** Follows the source: polls it, and answers whoever asks. */
export interface Controller {
  /** Where it reads from, without credentials. */
  readonly url: string;
  start(): void;
  /** Reconciles now; runs never overlap. Rejects once the controller stops. */
  reconcileNow(options?: ReconcileOptions): Promise<Outcome>;
  /** Looks at once whether somebody asked. */
  kick(): void;
  /** Ends the fetch under way; what is being published is finished. */
  stop(): Promise<void>;
}

const POLL_MS = 30_000;
const LISTEN_MS = 500;
const LONGEST_DELAY_MS = 300_000;
const TIDYING_EVERY_MS = 3_600_000;

/** Ms until the next try after so many failures in a row: twice as long each time, up to five minutes. */
export function delayAfter(failures: number, pollMs: number): number {
  return Math.max(pollMs, Math.min(pollMs * 2 ** failures, LONGEST_DELAY_MS));
}

/** Keeps controllers that started together, or that failed together, from asking their host together. */
function jittered(ms: number): number {
  return ms * (0.9 + 0.2 * Math.random());
}

/**
 * Opens the source's mirror; `start` begins to follow it.
 * @throws InvalidSource on settings that cannot be used
 */
export async function createController(options: ControllerOptions): Promise<Controller> {
  const { db, clock, dataDir, pollMs = POLL_MS, onOutcome, onError } = options;
  const source = sourceOf(options.source);
  const stopping = new AbortController();
  const { signal } = stopping;
  const git = await openGit(source, dataDir, { signal });
  const reconciler: Reconciler = { db, clock, git, source, memory: createMemory() };
  let queue: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let nextPoll = 0;
  let failures = 0;
  let told: Outcome | null = null;
  /** The request that met a bug or an outage: it waits for the next poll, a new one does not. */
  let failedRequest: number | null = null;
  let tidying: Promise<void> = Promise.resolve();
  let nextTidying = 0;

  const reconcileNow = (given: ReconcileOptions = {}) => {
    const run = queue.then(() => {
      signal.throwIfAborted();
      return reconcile(reconciler, given);
    });
    queue = run.catch(() => undefined);
    return run;
  };
  const pollLater = (hasFailed: boolean) => {
    failures = hasFailed ? failures + 1 : 0;
    nextPoll = performance.now() + jittered(delayAfter(failures, pollMs));
  };
  /** An invalid head, or a host that is down, is said once and not at every look. */
  const tell = (outcome: Outcome) => {
    const isSaid = outcome.reason === told?.reason && outcome.message === told.message;
    told = outcome;
    if (!isSaid) onOutcome?.(outcome);
  };
  /** Only what was fetched makes a mirror grow. No reconciliation waits for it. */
  const tidy = ({ outcome, isUnread }: Outcome) => {
    const now = performance.now();
    if (outcome === "unchanged" || isUnread === true || now < nextTidying) return;
    nextTidying = now + TIDYING_EVERY_MS;
    tidying = git.tidy().catch((error: unknown) => {
      if (!signal.aborted) onError?.(error);
    });
  };
  /** A request is answered by a reconciliation that began after it was made. */
  const round = async () => {
    const { requestedAt } = await readProgress(db);
    const isAsked = requestedAt !== null;
    const isUrgent = isAsked && requestedAt !== failedRequest;
    if (!isUrgent && performance.now() < nextPoll) return;
    failedRequest = requestedAt;
    const outcome = await reconcileNow({ force: isAsked });
    failedRequest = null;
    pollLater(outcome.isUnread === true);
    // Where another controller was faster, what it left is looked at without waiting.
    if (outcome.reason === OVERTAKEN.reason) nextPoll = 0;
    tell(outcome);
    tidy(outcome);
    if (isAsked) await answerRequest(db, requestedAt);
  };
  const loop = async () => {
    let delay = LISTEN_MS;
    try {
      await round();
    } catch (error) {
      if (signal.aborted) return;
      pollLater(true);
      delay = Math.min(delayAfter(failures, LISTEN_MS), pollMs);
      onError?.(error);
    }
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(next, delay);
  };
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    clearTimeout(timer);
    running = running.then(() => (signal.aborted ? undefined : loop()));
  };

  return {
    url: source.url,
    start: next,
    reconcileNow,
    kick: next,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
      await queue;
      await tidying;
    },
  };
}
