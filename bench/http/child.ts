import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** A process of its own that answers each message with one. */
export class Child {
  readonly #process: ChildProcess;

  /** @param module a file beside this one */
  constructor(module: string, env: Readonly<Record<string, string>> = {}) {
    this.#process = fork(new URL(module, import.meta.url), { env: { ...process.env, ...env } });
  }

  /** What it says next. @throws when it ends instead */
  next<T>(): Promise<T> {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const ended = (code: number | null) =>
        reject(new Error(`a process of the benchmark ended with ${code}`));
      child.once("exit", ended);
      child.once("message", (message) => {
        child.off("exit", ended);
        resolve(message as T);
      });
    });
  }

  ask<T>(question: object = {}): Promise<T> {
    const answer = this.next<T>();
    this.#process.send(question);
    return answer;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.disconnect();
    await ended;
  }
}
