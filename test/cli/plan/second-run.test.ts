import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { plannedRepository } from "./repository.ts";

const MAIN = join(import.meta.dirname, "../../../cli/main.js");
/** Tells each module as it is loaded. */
const TELLING = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({ load: (url, context, next) => (console.error(url), next(url, context)) });
`)}`;

test("what was compiled before needs neither the compiler nor a database's libraries", async () => {
  const repository = await plannedRepository();
  const cache = await mkdtemp(join(tmpdir(), "cadenza-cache-"));
  try {
    const run = () =>
      spawnSync(process.execPath, ["--import", TELLING, MAIN, "plan", "--against", "main"], {
        cwd: join(repository.path, "cadences"),
        env: { ...process.env, CADENZA_CACHE: cache },
        encoding: "utf8",
      });
    const HEAVY = /\/node_modules\/(?:yaml|kysely|pg|pg-boss|ajv)\/|\/core\/language\/compile\.ts/g;
    expect(run().stderr).toMatch(HEAVY);
    const second = run();
    expect(second.status).toBe(0);
    expect(second.stderr.match(HEAVY)).toBeNull();
  } finally {
    await repository.remove();
    await rm(cache, { recursive: true, force: true });
  }
});
