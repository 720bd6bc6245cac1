import type { Kysely } from "kysely";
import { answerKeys, keyUseId, takeKeys } from "../store/idempotency.ts";
import type { Schema } from "../store/schema.ts";
import type { Engine } from "./engine.ts";
import { enrollMany } from "./enroll.ts";
import { startTriggered } from "./events/trigger.ts";
import type { Enrolled, EnrollRequest, EnrollResult } from "./http/ports.ts";

/**
 * Enrolls, answering a request whose `Idempotency-Key` was used before with the answer of then. Only
 * successes are kept: a refusal changed nothing, so the same key may try again.
 * @param now epoch ms
 */
export async function enrollIdempotently(
  trx: Kysely<Schema>,
  engine: Engine,
  requests: readonly EnrollRequest[],
  now: number,
): Promise<EnrollResult[]> {
  const first = firstUses(requests);
  const uses = [...first.values()].map((index) => requests[index]!.idempotency!);
  const answered = await takeKeys(trx, uses, now);

  const results = new Map<number, EnrollResult>();
  const toEnroll: number[] = [];
  for (const [index, { idempotency }] of requests.entries()) {
    const answer = idempotency === null ? undefined : answered.get(keyUseId(idempotency));
    if (
      idempotency === null ||
      (answer === undefined && first.get(keyUseId(idempotency)) === index)
    ) {
      toEnroll.push(index);
    } else if (answer !== undefined) {
      results.set(
        index,
        answer.requestHash === idempotency.requestHash ? replay(answer) : keyReused(),
      );
    }
  }
  const { results: enrolled, occurred } = await enrollMany(
    trx,
    engine,
    toEnroll.map((index) => requests[index]!),
    now,
  );
  await startTriggered(trx, engine, occurred, now);
  for (const [position, result] of enrolled.entries()) results.set(toEnroll[position]!, result);
  await keep(trx, requests, toEnroll, results);
  return requests.map(({ idempotency }, index) => {
    const result = results.get(index);
    if (result !== undefined) return result;
    // The same key twice in one batch: the second is a retry of the first.
    const original = first.get(keyUseId(idempotency!))!;
    const same = requests[original]!.idempotency!.requestHash === idempotency!.requestHash;
    return same ? asReplay(results.get(original)!) : keyReused();
  });
}

/** The position of each key's first use. */
function firstUses(requests: readonly EnrollRequest[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [index, { idempotency }] of requests.entries()) {
    if (idempotency === null) continue;
    const id = keyUseId(idempotency);
    if (!first.has(id)) first.set(id, index);
  }
  return first;
}

async function keep(
  trx: Kysely<Schema>,
  requests: readonly EnrollRequest[],
  indices: readonly number[],
  results: ReadonlyMap<number, EnrollResult>,
): Promise<void> {
  const keyed = indices.flatMap((index) => {
    const { idempotency } = requests[index]!;
    return idempotency === null ? [] : [{ use: idempotency, result: results.get(index)! }];
  });
  const answers = keyed.flatMap(({ use, result }) =>
    "refused" in result ? [] : [{ ...use, status: result.status, response: result.enrolled }],
  );
  const refused = keyed.flatMap(({ use, result }) => ("refused" in result ? [use] : []));
  await answerKeys(trx, answers, refused);
}

function replay(answer: { readonly status: number; readonly response: object }): EnrollResult {
  const status = answer.status === 201 ? 201 : 200;
  return { status, enrolled: answer.response as Enrolled, replayed: true };
}

function asReplay(result: EnrollResult): EnrollResult {
  return "refused" in result ? result : { ...result, replayed: true };
}

function keyReused(): EnrollResult {
  return {
    refused: {
      problem: "idempotency-key-reused",
      detail: "This Idempotency-Key was used with another body; a new request needs a new key",
    },
  };
}
