import { createHash } from "node:crypto";
import type { Diagnostic } from "../../../core/language/diagnostic.ts";

/**
 * What tells one finding from another from one commit to the next: not its line, which every edit
 * above it moves, but its file, rule and message, and which one of several alike it is.
 */
export function fingerprints(diagnostics: readonly Diagnostic[], prefix: string): string[] {
  const seen = new Map<string, number>();
  return diagnostics.map(({ rule, file, message }) => {
    const name = [rule, `${prefix}${file}`, message].join("\0");
    const nth = seen.get(name) ?? 0;
    seen.set(name, nth + 1);
    return createHash("sha256").update(`${name}\0${nth}`).digest("hex");
  });
}
