import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

/** Where pg-boss's own workers find their jobs. */
export const NOOP_QUEUE = "noop";

/** What a parent tells a worker: the time it is from now on, epoch ms. */
export interface Order {
  readonly at: number;
}

interface Report {
  readonly done: number;
  /** Resident memory, bytes. */
  readonly memory: number;
  /** CPU time used so far, microseconds. */
  readonly cpu: number;
}

const REPORT_EVERY_MS = 10;

/** In a worker: carries out the parent's orders, and tells it what has been done. */
export function answerParent(obey: (order: Order) => void, done: () => number): void {
  let told = -1;
  const report = () => {
    if (done() === told) return;
    told = done();
    const { user, system } = process.cpuUsage();
    process.send?.({ done: told, memory: process.memoryUsage.rss(), cpu: user + system });
  };
  process.on("message", obey);
  process.on("disconnect", () => process.exit(0));
  setInterval(report, REPORT_EVERY_MS);
  report();
}

/** Worker processes of one kind, which share one database. */
export class Contender {
  readonly #children: readonly ChildProcess[];
  readonly #reports: Map<ChildProcess, Report>;

  private constructor(children: readonly ChildProcess[], reports: Map<ChildProcess, Report>) {
    this.#children = children;
    this.#reports = reports;
  }

  /** @param module a worker's file beside this one */
  static async start(
    module: string,
    processes: number,
    env: Readonly<Record<string, string>>,
  ): Promise<Contender> {
    const path = new URL(module, import.meta.url);
    const reports = new Map<ChildProcess, Report>();
    const children = Array.from({ length: processes }, () => {
      const child = fork(path, { env: { ...process.env, ...env } });
      child.on("message", (report: Report) => reports.set(child, report));
      return child;
    });
    await Promise.all(children.map((child) => once(child, "message")));
    return new Contender(children, reports);
  }

  get done(): number {
    return this.#sum(({ done }) => done);
  }

  /** Of all processes so far, microseconds. */
  get cpu(): number {
    return this.#sum(({ cpu }) => cpu);
  }

  /** Of the largest process, bytes. */
  get memory(): number {
    return Math.max(...[...this.#reports.values()].map(({ memory }) => memory));
  }

  /**
   * Gives an order and waits until so much more has been done.
   * @param first what makes the work available; it counts
   * @returns seconds
   */
  async carryOut(order: Order, amount: number, first?: () => Promise<void>): Promise<number> {
    const goal = this.done + amount;
    const start = performance.now();
    await first?.();
    for (const child of this.#children) child.send(order);
    while (this.done < goal) {
      const failed = this.#children.find((child) => child.exitCode !== null);
      if (failed !== undefined) throw new Error(`a worker ended with ${failed.exitCode}`);
      await pause(REPORT_EVERY_MS / 2);
    }
    return (performance.now() - start) / 1000;
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    }
  }

  #sum(of: (report: Report) => number): number {
    return [...this.#reports.values()].reduce((sum, report) => sum + of(report), 0);
  }
}
