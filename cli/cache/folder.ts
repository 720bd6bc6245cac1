import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Io } from "../io.ts";
import { topOf } from "../repository.ts";

/**
 * Where results are kept: `CADENZA_CACHE`, else the user's own cache folder. Null where there is to be
 * none. Never a folder inside the repository: what a pull request brings along must not be taken for a
 * result.
 */
export function cacheFolder({ env, cwd }: Pick<Io, "env" | "cwd">, root: string): string | null {
  const set = env["CADENZA_CACHE"];
  if (set === "off") return null;
  const folder = set ? resolve(cwd, set) : usersFolder(env);
  return folder === null || isWithin(topOf(root), folder) ? null : folder;
}

function usersFolder(env: Io["env"]): string | null {
  const { XDG_CACHE_HOME: given, HOME: home, LOCALAPPDATA: local } = env;
  // The XDG specification: a path that is not absolute counts as none.
  if (given && isAbsolute(given)) return join(given, "cadenza");
  if (local) return join(local, "cadenza", "cache");
  return home ? join(home, ".cache", "cadenza") : null;
}

function isWithin(top: string, folder: string): boolean {
  const way = relative(top, folder);
  return way === "" || (!isAbsolute(way) && way.split(sep)[0] !== "..");
}
