import { readFileSync, writeFileSync } from "node:fs";
import type { Delivery } from "../../runtime/channels/channel.ts";

/** A message that the provider took. */
export interface Taken {
  readonly message: string;
  readonly enrollment: string;
  readonly step: string;
  /** Epoch ms, both. */
  readonly due: number;
  readonly at: number;
}

/** What the provider knows, beside the database: a file that lines are appended to. */
export function ledgerLine({ id, enrollment, step, due }: Delivery, at: number): string {
  const taken: Taken = { message: id, enrollment, step, due, at };
  return `${JSON.stringify(taken)}\n`;
}

/** Everything taken so far, in order. */
export function readLedger(path: string): Taken[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Taken);
}

export function clearLedger(path: string): void {
  writeFileSync(path, "");
}
