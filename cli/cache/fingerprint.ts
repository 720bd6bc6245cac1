import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HOME = join(import.meta.dirname, "../..");
/** All of this program that decides a compilation. */
const OWN = ["core", "schemas"];
const LIBRARIES = [
  "yaml",
  "nunjucks",
  "luxon",
  "marked",
  "date-holidays",
  "sms-segments-calculator",
];

/**
 * What identifies this very program, so that neither an upgrade nor an edit finds results of another:
 * its own files by their content, the libraries by their place, size and time, and Node with its time
 * zones and languages.
 * @param home this program's folder
 */
export function fingerprint(home = HOME): string {
  const hash = createHash("sha256");
  const { node, icu, tz, unicode } = process.versions;
  hash.update(JSON.stringify([node, icu, tz, unicode]));
  for (const folder of OWN) {
    const names = readdirSync(join(home, folder), { recursive: true, encoding: "utf8" });
    for (const name of names.filter((one) => /\.(?:ts|js)$/.test(one)).toSorted()) {
      hash.update(`${folder}/${name}\0`).update(readFileSync(join(home, folder, name)));
    }
  }
  for (const name of LIBRARIES) {
    const path = fileURLToPath(import.meta.resolve(name));
    const { size, mtimeMs } = statSync(path);
    hash.update(`\0${path}\0${size}\0${mtimeMs}`);
  }
  return hash.digest("hex");
}
