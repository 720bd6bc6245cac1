import type { Prompt } from "./prompt.ts";

/** What a command may touch of its process; tests hand in their own. */
export interface Io {
  /** Data. */
  out(text: string): void;
  /** Progress and messages for people. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Colours are wanted: a terminal, and no `NO_COLOR`. */
  readonly color: boolean;
  now(): number;
  /** Absent where nobody sits at a terminal to be asked. */
  readonly prompt?: (() => Promise<Prompt>) | undefined;
}

/** Exit codes of every command. */
export const EXIT = { fine: 0, findings: 1, usage: 2, internal: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command was called wrongly or cannot do its work as asked: one message, exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Prints a value as JSON data. */
export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}
