import { CURRICULUM } from "../catalogue/index.ts";

/** Findings that a workspace's `lint` may raise to errors or turn off. */
export const WARNINGS: readonly string[] = Object.entries(CURRICULUM)
  .filter(([, { severity, by }]) => severity === "warning" && by === undefined)
  .map(([rule]) => rule)
  .toSorted();
