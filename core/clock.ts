/** The only source of "now" outside tests is the process's own; everything else is handed one. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}
