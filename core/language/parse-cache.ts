import type { ParsedFile } from "./source.ts";

/** All that the rules need of a file that parses and keeps to its schema; its path is not part of it. */
export type CleanFile = Pick<ParsedFile, "kind" | "value" | "stepLines">;

/** What was read before: parsing is three quarters of a compilation, and most files stay as they are. */
export interface ParseCache {
  /** What a file of this very text holds; undefined where that is not known. */
  get(text: string): CleanFile | undefined;
  set(text: string, file: CleanFile): void;
}
