import { readFileSync } from "node:fs";
import { UsageError } from "./io.ts";

/** This release's version, from the package that holds this file. */
export function version(): string {
  // Two levels up from dist/cli, one from cli: the package that holds this file.
  for (const path of ["../package.json", "../../package.json"]) {
    try {
      const found = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (found.name === "cadenza" && found.version !== undefined) return found.version;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new UsageError(
    "this installation is incomplete: its package.json is missing; install it again",
  );
}
