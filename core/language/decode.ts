import type { Diagnostic } from "./diagnostic.ts";
import type { SourceFile } from "./source.ts";

/** The largest file that is read: a cadence is a few kB. */
export const MAX_FILE_BYTES = 1_000_000;

type Decoded =
  | { readonly file: SourceFile; readonly diagnostic: null }
  | { readonly file: null; readonly diagnostic: Diagnostic };

/**
 * Turns a file's bytes into text, or into a finding about the file itself.
 * @param path relative to the root, with forward slashes
 * @param bytes null when it is not a regular file (a link, a device, a submodule)
 */
export function decodeSource(path: string, bytes: Uint8Array | null): Decoded {
  if (bytes === null)
    return refused(path, "is not a regular file; links and submodules are not followed");
  if (bytes.length > MAX_FILE_BYTES) {
    return refused(path, `has ${bytes.length} bytes; at most ${MAX_FILE_BYTES} are read`);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { file: { path, text }, diagnostic: null };
  } catch {
    return refused(path, "is not UTF-8 text; save it as UTF-8");
  }
}

function refused(file: string, what: string): Decoded {
  const position = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const diagnostic = { rule: "unreadable-file", severity: "error", file, ...position } as const;
  return { file: null, diagnostic: { ...diagnostic, message: `this file ${what}` } };
}
