import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import pg from "pg";
import { KEY, withEngine, type EngineUnderTest } from "./http/engine.ts";
import { insertRaw, rawRows } from "./http/raw-rows.ts";
import { enrollmentOf } from "./http/rows.ts";
import { isQuick, median, report } from "./measure.ts";
import { SEQUENCE } from "./runtime/workspace.ts";

/**
 * `POST /v1/enrollments/bulk` over HTTP, each row somebody new with a charge of theirs, against the same
 * rows written into the same tables by multi-row INSERT, 500 enrollments a transaction.
 */
const ROUNDS = isQuick ? 1 : 5;
const ROWS = isQuick ? 500 : 4_000;
const BATCH = 500;

report(await withEngine(async () => {}, run));

async function run({ port, url }: EngineUnderTest): Promise<Record<string, number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const contenders = {
    raw: (names: string[]) => raw(client, names),
    bulk: (names: string[]) => bulk(port, names),
  };
  const rates: Record<keyof typeof contenders, number[]> = { raw: [], bulk: [] };
  const order = ["raw", "bulk"] as const;
  // One more than the rounds: the first warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      const seconds = await contenders[name](
        Array.from({ length: ROWS }, (_, n) => `${name}-${round}-${n}`),
      );
      if (round > 0) rates[name].push(ROWS / seconds);
    }
  }
  await client.end();
  const [rawRate, bulkRate] = [median(rates.raw), median(rates.bulk)];
  return {
    "raw INSERT, enrollments/s": rawRate,
    "bulk, enrollments/s": bulkRate,
    "bulk / raw INSERT": bulkRate / rawRate,
  };
}

/** @returns seconds */
async function raw(client: pg.Client, names: readonly string[]): Promise<number> {
  const batches = [];
  for (let from = 0; from < names.length; from += BATCH)
    batches.push(rawRows(names.slice(from, from + BATCH), SEQUENCE, Date.now()));
  const start = performance.now();
  for (const batch of batches) await insertRaw(client, batch);
  return (performance.now() - start) / 1000;
}

/** @returns seconds */
async function bulk(port: number, names: readonly string[]): Promise<number> {
  const body = names.map((name) => `${JSON.stringify(enrollmentOf(name, SEQUENCE))}\n`).join("");
  const start = performance.now();
  const sent = request({
    port,
    method: "POST",
    path: "/v1/enrollments/bulk",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/x-ndjson" },
  });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  let text = "";
  for await (const part of answer.setEncoding("utf8")) text += part;
  const seconds = (performance.now() - start) / 1000;
  const begun = text.split('"status":201').length - 1;
  if (begun !== names.length) throw new Error(`${begun} rows began: ${text.slice(0, 500)}`);
  return seconds;
}
