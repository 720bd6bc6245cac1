/** Structured log lines. Values are ids, counts and codes, never what people wrote or where they live. */
export interface Log {
  info(event: string, data?: Readonly<Record<string, unknown>>): void;
  warn(event: string, data?: Readonly<Record<string, unknown>>): void;
  error(event: string, data?: Readonly<Record<string, unknown>>): void;
}

/** Writes one JSON line an event. */
export function createLog(write: (line: string) => void, clock: { now(): number }): Log {
  const at =
    (level: string) =>
    (event: string, data: Readonly<Record<string, unknown>> = {}) => {
      const time = new Date(clock.now()).toISOString();
      write(`${JSON.stringify({ time, level, event, ...data })}\n`);
    };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}
