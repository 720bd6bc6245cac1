/** Findings that a workspace's `lint` may raise to errors or turn off. */
export const WARNINGS: readonly string[] = [
  "blank-variable",
  "lint-unknown",
  "outside-window",
  "persona-attribute",
  "unused-parameter",
];
