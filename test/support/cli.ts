import { run } from "../../cli/run.ts";
import type { Io } from "../../cli/io.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process and keeps what it prints. */
export async function cadenza(
  argv: readonly string[],
  given: Partial<Pick<Io, "env" | "cwd" | "color">> & { readonly now?: string } = {},
): Promise<Ran> {
  const printed = { out: "", err: "" };
  const code = await run(argv, {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    env: given.env ?? {},
    cwd: given.cwd ?? process.cwd(),
    color: given.color ?? false,
    now: () => Date.parse(given.now ?? "2026-03-02T10:00:00Z"),
  });
  return { code, ...printed };
}
