import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * The first operator key: the one given, else the one stored in the data folder, else a new one.
 * @returns whether it was made just now, so that it can be shown once
 */
export async function firstKey(
  given: string | null,
  dataDir: string,
): Promise<{ readonly key: string; readonly made: boolean }> {
  if (given !== null) return { key: given, made: false };
  const path = join(dataDir, "api-key");
  const stored = await readFile(path, "utf8").catch(() => null);
  if (stored !== null && stored.trim() !== "") return { key: stored.trim(), made: false };
  const key = `cdz_${randomBytes(24).toString("base64url")}`;
  await mkdir(dataDir, { recursive: true });
  await writeFile(path, `${key}\n`, { mode: 0o600 });
  return { key, made: true };
}
