import { GitFailure } from "./git-failure.ts";

interface Limits {
  /** The server stops. */
  readonly signal?: AbortSignal | undefined;
  /** How long a command may be silent. */
  readonly silentMs: number;
  /** How long it may take, however lively it is. */
  readonly longestMs: number;
  /** The most that it may print. */
  readonly maxBytes: number;
  /** The error of a command that took too long. */
  readonly late: () => Error;
}

/** git printed more than anybody reads, such as a tree that unfolds without end. */
export class TooMuchOutput extends GitFailure {
  constructor(maxBytes: number) {
    super("GitFailed", `git printed more than ${maxBytes} bytes; see what the source holds`);
  }
}

/** Ends a command that goes beyond its limits. */
interface Watch {
  /** Aborted by the first limit that is reached; its reason is the error to throw. */
  readonly signal: AbortSignal;
  /** It printed something: a sign of life. */
  heard(chunk: Buffer | string): void;
  /** It ended. */
  done(): void;
}

/** Watches a command from now on. */
export function watch({ signal, silentMs, longestMs, maxBytes, late }: Limits): Watch {
  const end = new AbortController();
  const stop = () => end.abort(new Error("git was stopped, since the server stops"));
  const expire = () => end.abort(late());
  signal?.addEventListener("abort", stop);
  if (signal?.aborted === true) stop();
  const longest = setTimeout(expire, longestMs);
  const silence = setTimeout(expire, silentMs);
  let printed = 0;
  return {
    signal: end.signal,
    heard(chunk) {
      silence.refresh();
      printed += chunk.length;
      if (printed > maxBytes) end.abort(new TooMuchOutput(maxBytes));
    },
    done() {
      clearTimeout(longest);
      clearTimeout(silence);
      signal?.removeEventListener("abort", stop);
    },
  };
}
