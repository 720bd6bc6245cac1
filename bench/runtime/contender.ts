import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Where pg-boss's own workers find their jobs. */
export const NOOP_QUEUE = "noop";

/** What a parent tells a worker. */
export interface Order {
  /** The time it is from now on, epoch ms. */
  readonly at: number;
  /** When the order was given, by the machine's clock, which all processes share. */
  readonly given: number;
}

interface Progress {
  readonly done: number;
  /** When, since the last report; epoch ms of the worker's clock. */
  readonly sent?: readonly number[];
}

const REPORT_EVERY_MS = 10;
/** As `getconf CLK_TCK` tells everywhere. */
const TICK_MICROSECONDS = 10_000;
/** A worker starts as `cadenza serve` does: from what an earlier start has compiled. */
const CACHE = join(tmpdir(), "node-compile-cache");
/** A worker that has done nothing for so long will not do any more. */
const PATIENCE_MS = 60_000;

/** In a worker: carries out the parent's orders, and tells it what has been done. */
export function answerParent(obey: (order: Order) => void, progress: () => Progress): void {
  let told = -1;
  const report = () => {
    const reached = progress();
    if (reached.done === told) return;
    told = reached.done;
    process.send?.(reached);
  };
  process.on("message", obey);
  process.on("disconnect", () => process.exit(0));
  setInterval(report, REPORT_EVERY_MS);
  report();
}

/** Worker processes of one kind, which share one database. */
export class Contender {
  readonly #children: readonly ChildProcess[];
  readonly #reports: Map<ChildProcess, Progress>;
  #sent: number[] = [];

  private constructor(children: readonly ChildProcess[], reports: Map<ChildProcess, Progress>) {
    this.#children = children;
    this.#reports = reports;
    for (const child of children) {
      child.on("message", ({ sent = [] }: Progress) => this.#sent.push(...sent));
    }
  }

  /**
   * @param module a worker's file beside this one
   * @param database its connection string
   */
  static async start(module: string, processes: number, database: string): Promise<Contender> {
    const path = new URL(module, import.meta.url);
    const reports = new Map<ChildProcess, Progress>();
    const children = Array.from({ length: processes }, () => {
      const env = { ...process.env, NODE_COMPILE_CACHE: CACHE, BENCH_DATABASE: database };
      const child = fork(path, { env });
      child.on("message", (report: Progress) => reports.set(child, report));
      return child;
    });
    await Promise.all(
      children.map((child) => Promise.race([once(child, "message"), failed(child)])),
    );
    return new Contender(children, reports);
  }

  get done(): number {
    return this.#sum(({ done }) => done);
  }

  /** CPU time of all processes so far, microseconds; NaN where the system does not tell. */
  async cpu(): Promise<number> {
    const stats = this.#children.map(({ pid }) =>
      readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""),
    );
    // After the name in brackets: the 12th and 13th, in ticks.
    const ticks = (await Promise.all(stats)).flatMap((stat) =>
      stat
        .replace(/^.*\) /s, "")
        .split(" ")
        .slice(11, 13),
    );
    return ticks.reduce((sum, one) => sum + Number(one || Number.NaN), 0) * TICK_MICROSECONDS;
  }

  /**
   * The most that was resident of the process that needed most, bytes; NaN where the system does not tell.
   * `maxRSS` would not do: a process inherits its parent's.
   */
  async peakMemory(): Promise<number> {
    const statuses = this.#children.map(({ pid }) =>
      readFile(`/proc/${pid}/status`, "utf8").catch(() => ""),
    );
    const peaks = (await Promise.all(statuses)).map(
      (text) => /^VmHWM:\s+(\d+) kB/m.exec(text)?.[1],
    );
    return 1024 * Math.max(...peaks.map(Number));
  }

  /** When messages were taken since the last call, where the workers tell; epoch ms of their clocks. */
  takeSent(): number[] {
    const sent = this.#sent;
    this.#sent = [];
    return sent;
  }

  /**
   * Tells the workers the time and waits until so much more has been done.
   * @param at epoch ms
   * @param first what makes the work available; it counts
   * @returns seconds
   * @throws when a worker ends, or none does anything any more
   */
  async carryOut(at: number, amount: number, first?: () => Promise<void>): Promise<number> {
    const goal = this.done + amount;
    const start = performance.now();
    await first?.();
    for (const child of this.#children) child.send({ at, given: Date.now() } satisfies Order);
    for (let last = { done: this.done, at: start }; this.done < goal;) {
      const ended = this.#children.find((child) => child.exitCode !== null);
      if (ended !== undefined) throw new Error(`a worker ended with ${ended.exitCode}`);
      if (this.done > last.done) last = { done: this.done, at: performance.now() };
      if (performance.now() - last.at > PATIENCE_MS) {
        throw new Error(`${goal - this.done} of ${amount} were not done`);
      }
      await pause(REPORT_EVERY_MS / 2);
    }
    return (performance.now() - start) / 1000;
  }

  /** Lets its processes go on for one turn: while others have theirs, not even a look at a queue is theirs. */
  async takeTurn<T>(turn: () => Promise<T>): Promise<T> {
    this.#signal("SIGCONT");
    try {
      return await turn();
    } finally {
      this.rest();
    }
  }

  /** Its processes stand still until the next turn. */
  rest(): void {
    this.#signal("SIGSTOP");
  }

  async stop(): Promise<void> {
    this.#signal("SIGCONT");
    for (const child of this.#children) {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    }
  }

  #signal(signal: "SIGSTOP" | "SIGCONT"): void {
    for (const child of this.#children) child.kill(signal);
  }

  #sum(of: (report: Progress) => number): number {
    return [...this.#reports.values()].reduce((sum, report) => sum + of(report), 0);
  }
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, "exit")) as [number | null];
  throw new Error(`a worker ended with ${code} before it began`);
}
