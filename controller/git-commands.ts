import { simpleGit, type SimpleGit } from "simple-git";
import { failureOf, timeoutOf, type Named } from "./git-failure.ts";
import { watch } from "./git-limits.ts";
import type { SshProcess } from "./ssh-process.ts";

export interface GitOptions {
  /** Ends the command that runs; it and every later one then reject, with no GitFailure. */
  readonly signal?: AbortSignal;
  /** How long a command may be silent. */
  readonly timeoutMs?: number;
  /** How long it may take, however lively it is. */
  readonly longestMs?: number;
}

const SILENT_MS = 60_000;
const LONGEST_MS = 15 * 60_000;
const MAX_OUTPUT_BYTES = 32_000_000;

/** Where commands run, and whose failures they name. */
interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly source: Named;
  /** A helper of git's, such as ssh, may outlive it, and is not waited for any longer than this. */
  readonly onExit: number | false;
  /** What such a helper needs to be ended when git is. */
  readonly ssh?: SshProcess;
}

interface Call {
  readonly branch?: string;
  readonly input?: string | Buffer;
  /** The most bytes that it may print. */
  readonly maxBytes?: number;
  /** Exit codes that are an answer, not a failure. */
  readonly answers?: readonly number[];
}

export type Run = <T>(work: (git: SimpleGit) => Promise<T>, call?: Call) => Promise<T>;

/** Runs one command at a time, within all limits, and names its failure. */
export function commandsIn(place: Place, options: GitOptions): Run {
  const { folder, env, source, onExit, ssh } = place;
  const { signal, timeoutMs: silentMs = SILENT_MS, longestMs = LONGEST_MS } = options;
  return async (work, call = {}) => {
    const { branch = null, input, maxBytes = MAX_OUTPUT_BYTES, answers = [0] } = call;
    const late = () => timeoutOf(source);
    const watched = watch({ signal, silentMs, longestMs, maxBytes, late });
    const failed: { code: number | null } = { code: null };
    const git = simpleGit({
      baseDir: folder,
      trimmed: false,
      abort: watched.signal,
      input: () => input,
      completion: { onClose: true, onExit },
      // simple-git takes a git that was killed for one that succeeded, and half its output for all.
      errors(_, { exitCode, stdErr }) {
        if (answers.includes(exitCode)) return undefined;
        failed.code = exitCode;
        return failed.code === null ? new Error("git was killed") : Buffer.concat(stdErr);
      },
      // What stands there comes from this program alone, never from a repository.
      allowEnvironment: Object.keys(env),
      unsafe: {
        allowUnsafeConfigEnvCount: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeHooksPath: true,
        allowUnsafeSshCommand: true,
      },
    });
    git.env({ ...env }).outputHandler((_, stdout, stderr) => {
      stdout.on("data", watched.heard);
      stderr.on("data", watched.heard);
    });
    try {
      return await work(git);
    } catch (error) {
      if (watched.signal.aborted) {
        ssh?.end();
        throw watched.signal.reason;
      }
      // Without a code it was killed, which is no fault of the source.
      if (failed.code === null || !(error instanceof Error)) throw error;
      throw failureOf(error.message, source, branch);
    } finally {
      ssh?.forget();
      watched.done();
    }
  };
}
