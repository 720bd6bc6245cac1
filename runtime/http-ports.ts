import type { Kysely } from "kysely";
import type { Clock } from "../core/clock.ts";
import type { Schema } from "../store/schema.ts";
import { approve, discard } from "./approvals/approvals.ts";
import { enrollIdempotently } from "./enroll-idempotent.ts";
import type { Engine } from "./engine.ts";
import { erase, removeFromOutbox } from "./erase.ts";
import { reportEvent } from "./events/report.ts";
import { gather } from "./gather.ts";
import type { EnrollRequest, HttpPorts } from "./http/ports.ts";
import type { Log } from "./log.ts";
import { receive } from "./inbound/receive.ts";
import { requestMigration } from "./migrations/request.ts";
import { mergeEntity } from "./merge-entity.ts";
import { optOut } from "./opt-out.ts";
import { exit, pause, resume, retry, settle, skip } from "./operate.ts";
import { previewContact } from "./preview.ts";
import { transact } from "./transact.ts";

/** Requests that arrive while two batches are in flight join the next one. */
const BATCHES = { inFlight: 2, size: 500 };

/**
 * The engine as the API asks for it.
 * @param wake.dispatcher called after something may have come due
 * @param outbox the folder of the local outbox, where this process has one
 * @param wake.controller called after someone asked for a reconciliation
 */
export function createHttpPorts(
  db: Kysely<Schema>,
  clock: Clock,
  engine: Engine,
  wake: { dispatcher(): void; controller(): void },
  log: Log,
  outbox: string | null = null,
): HttpPorts {
  const enrollBatch = async (requests: readonly EnrollRequest[]) => {
    const now = clock.now();
    return transact(db, (trx) => enrollIdempotently(trx, engine, requests, now));
  };
  const enrollOne = gather(enrollBatch, BATCHES);

  return {
    async enroll(requests) {
      const [only] = requests;
      const results =
        requests.length === 1 && only !== undefined
          ? [await enrollOne(only)]
          : await enrollBatch(requests);
      wake.dispatcher();
      return results;
    },
    async mergeEntity(change) {
      const result = await transact(db, (trx) => mergeEntity(trx, engine, change, clock.now()));
      wake.dispatcher();
      return result;
    },
    async reportEvent(report) {
      const result = await transact(db, (trx) => reportEvent(trx, engine, report, clock.now()));
      wake.dispatcher();
      return result;
    },
    async eraseContact(id, by) {
      const messages = await transact(db, (trx) => erase(trx, id, by, clock.now()));
      if (messages === null) return false;
      if (outbox !== null) await removeFromOutbox(outbox, messages);
      return true;
    },
    pauseEnrollment: (id, by) => pause(db, id, by, clock.now()),
    async resumeEnrollment(id, by) {
      const result = await resume(db, id, by, clock.now());
      wake.dispatcher();
      return result;
    },
    exitEnrollment: (id, by, reason) => exit(db, id, by, reason, clock.now()),
    async retryEnrollment(id, by) {
      const result = await transact(db, (trx) => retry(trx, engine, id, by, clock.now()));
      wake.dispatcher();
      return result;
    },
    async skipStep(id, by) {
      const result = await transact(db, (trx) => skip(trx, engine, id, by, clock.now()));
      wake.dispatcher();
      return result;
    },
    async settleMessage(id, as, by) {
      const result = await transact(db, (trx) => settle(trx, engine, id, as, by, clock.now()));
      wake.dispatcher();
      return result;
    },
    async approveDraft(id, edit, by) {
      const result = await transact(db, (trx) => approve(trx, engine, id, edit, by, clock.now()));
      wake.dispatcher();
      return result;
    },
    async discardDraft(id, by) {
      const result = await transact(db, (trx) => discard(trx, engine, id, by, clock.now()));
      wake.dispatcher();
      return result;
    },
    migrate: (route, dryRun, by) => requestMigration(db, engine, route, dryRun, by, clock.now()),
    preview: (request) => previewContact(db, engine, request, clock.now()),
    optOut: (optOuts) => transact(db, (trx) => optOut(trx, engine, optOuts, clock.now())),
    async receive(inbox, events) {
      const count = await receive({ db, clock, engine, log }, inbox, events);
      wake.dispatcher();
      return count;
    },
    dataChanged: () => wake.dispatcher(),
    requestReconcile: () => wake.controller(),
  };
}
