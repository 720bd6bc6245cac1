import type { Kysely } from "kysely";
import { chooseChannel } from "../core/enrollment/index.ts";
import { loadLive } from "../store/chunk-load.ts";
import { findContacts } from "../store/contacts.ts";
import { exitEnrollments } from "../store/enrollments-control.ts";
import { lockWaiting } from "../store/enrollments-waiting.ts";
import type { Schema } from "../store/schema.ts";
import { addSuppression, type Suppression } from "../store/suppressions.ts";
import type { Engine } from "./engine.ts";
import { situationOf } from "./execute/situation.ts";

/** An address that wants no more, of marketing or of anything. */
export type OptOut = Pick<Suppression, "channel" | "address" | "purpose" | "reason">;

export interface OptedOut {
  readonly suppression: Suppression;
  /** False when it was suppressed already. */
  readonly created: boolean;
}

/**
 * Suppresses addresses and ends at once the enrollments whose next step can no longer reach its contact.
 * One that another of its channels still reaches goes on.
 * @param now epoch ms
 * @param reason what the enrollments end with
 * @returns one result each, in their order
 */
export async function optOut(
  trx: Kysely<Schema>,
  engine: Engine,
  optOuts: readonly OptOut[],
  now: number,
  reason: "opted_out" | "bounced" = "opted_out",
): Promise<OptedOut[]> {
  const results: OptedOut[] = [];
  const contacts = new Set<string>();
  for (const one of optOuts) {
    results.push(await addSuppression(trx, one, now));
    for (const id of await findContacts(trx, one)) contacts.add(id);
  }
  await exitUnreachable(trx, engine, [...contacts], reason, now);
  return results;
}

async function exitUnreachable(
  trx: Kysely<Schema>,
  engine: Engine,
  contacts: readonly string[],
  reason: "opted_out" | "bounced",
  now: number,
): Promise<void> {
  const waiting = await lockWaiting(trx, { contacts });
  if (waiting.length === 0) return;
  const workspace = await engine.workspace(trx);
  const leaving: string[] = [];
  const rows = await loadLive(
    trx,
    waiting.map((one) => one.id),
  );
  for (const row of rows) {
    const program = await engine.program(trx, row.sequence_id, row.version);
    const compiled = program.steps.find(({ step }) => step.id === row.step_id);
    if (compiled === undefined) continue;
    const { reach } = situationOf(row, program, workspace);
    const choice = chooseChannel(compiled, workspace, reach, row.failed_channels, now);
    if (choice.kind === "opted_out") leaving.push(row.id);
  }
  await exitEnrollments(
    trx,
    leaving,
    { by: reason === "bounced" ? "bounce" : "opt_out", reason },
    now,
  );
}
