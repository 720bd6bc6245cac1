import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * The ssh that git starts outlives a git that is ended, as long as its host hangs. It says its process id
 * before it begins, so that it can be ended, too.
 */
export interface SshProcess {
  /** Ends the one that runs, if any does. */
  end(): void;
  /** git has ended by itself, and its ssh with it: the number may soon be another process's. */
  forget(): void;
}

/** Where an ssh of this mirror says its process id. */
function pidFile(mirror: string): string {
  return join(mirror, "ssh.pid");
}

/** A shell command that says which process it is, and then becomes this one. */
export function recorded(command: string, mirror: string): string {
  return `echo $$ >${quoted(pidFile(mirror))}; exec ${command}`;
}

/** The ssh of the mirror's commands, which run one at a time. */
export function sshIn(mirror: string): SshProcess {
  const file = pidFile(mirror);
  const forget = () => rmSync(file, { force: true });
  forget();
  return {
    forget,
    end() {
      try {
        const pid = Number(readFileSync(file, "utf8"));
        // Smaller ones, and a file that is still empty, mean more than one process.
        if (pid > 1) process.kill(pid);
      } catch {
        // There was none, or it has ended by itself.
      }
      forget();
    },
  };
}

/** For a shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
