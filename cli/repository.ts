import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/**
 * The way from the top of the repository to the workspace, with a `/` at its end: what a report puts
 * before a file's name, so that the platform finds the file. Empty where there is no repository.
 */
export function pathInRepository(root: string): string {
  const folder = realpathSync(root);
  const path = relative(topOf(folder), folder).split(sep).join("/");
  return path === "" ? "" : `${path}/`;
}

/**
 * Tells a file of the workspace by the way to it from where somebody stands, which a terminal can open.
 * Absolute where that is shorter.
 */
export function pathFrom(cwd: string, root: string): (file: string) => string {
  return (file) => {
    const path = join(root, file);
    const way = relative(cwd, path);
    return (way.length > path.length ? path : way).split(sep).join("/");
  };
}

/** The top of the repository around a folder; the folder itself where there is no repository. */
export function topOf(folder: string): string {
  for (let top = folder; ; top = dirname(top)) {
    if (existsSync(join(top, ".git"))) return top;
    if (top === dirname(top)) return folder;
  }
}
