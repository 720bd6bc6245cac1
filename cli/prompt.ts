import { createInterface } from "node:readline";

/** Questions to the person at the terminal. */
export interface Prompt {
  /** The answer, without its line end; null when they cancel. */
  ask(question: string): Promise<string | null>;
  close(): void;
}

/** Asks on the process's own terminal; questions go to stderr, so that stdout holds data alone. */
export function openPrompt(): Prompt {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  terminal.on("SIGINT", () => terminal.close());
  // One iterator for all questions: lines that are pasted at once answer one after the other.
  const lines = terminal[Symbol.asyncIterator]();
  return {
    async ask(question) {
      terminal.setPrompt(question);
      terminal.prompt();
      const { done, value } = await lines.next();
      return done ? null : value;
    },
    close: () => terminal.close(),
  };
}
