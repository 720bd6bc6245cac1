import { setImmediate as turn } from "node:timers/promises";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openPostgres } from "../../store/database.ts";
import { createDatabase } from "../support/postgres.ts";

test("a connection that is cut in the middle of a transaction fails that one, not the process", async () => {
  const { url, drop } = await createDatabase();
  const [database, other] = [await openPostgres(url), await openPostgres(url)];
  onTestFinished(async () => {
    await Promise.all([database.close(), other.close()]);
    await drop();
  });
  const unheard: unknown[] = [];
  const listen = (error: unknown) => void unheard.push(error);
  process.on("uncaughtException", listen);
  onTestFinished(() => void process.off("uncaughtException", listen));

  const cut = database.db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    await sql`select pg_terminate_backend(${rows[0]!.pid}, 5000)`.execute(other.db);
    await turn();
    await sql`select 1`.execute(trx);
  });
  await expect(cut).rejects.toThrow();
  expect(unheard).toEqual([]);
  const again = await sql<{ one: number }>`select 1 as one`.execute(database.db);
  expect(again.rows).toEqual([{ one: 1 }]);
});
