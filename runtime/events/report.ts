import type { Kysely } from "kysely";
import { readContacts } from "../../store/contacts.ts";
import { answerEvent, forgetEvent, takeEvent, type ReportedEvent } from "../../store/events.ts";
import type { Schema } from "../../store/schema.ts";
import { readTarget } from "../../store/targets.ts";
import type { Engine } from "../engine.ts";
import type { EventReport, EventResult, Refusal } from "../http/ports.ts";
import { mergeEntity, type Merged } from "../merge-entity.ts";
import { exitOnEvents } from "./exit.ts";
import { startTriggered } from "./trigger.ts";

/**
 * Takes in an event that a service reports, once: its data merges into the target, enrollments that it
 * ends end, and sequences that wait for it begin. The same event again changes nothing and is answered as
 * the first time.
 * @param now epoch ms
 */
export async function reportEvent(
  trx: Kysely<Schema>,
  engine: Engine,
  report: EventReport,
  now: number,
): Promise<EventResult> {
  const { event } = report;
  const known = await takeEvent(trx, event, now);
  if (known !== null) {
    if (known.digest === event.digest) return { isNew: false, outcome: known.outcome };
    const detail = `Event ${event.id} was reported with another content; a new event needs a new id`;
    return { refused: { problem: "event-id-reused", detail } };
  }
  const applied = await apply(trx, engine, report, now);
  if ("refused" in applied) {
    // A refused event never was: sent again, mended, it counts.
    await forgetEvent(trx, event.id);
    return applied;
  }
  const outcome = { enrolled: applied.began.map(({ id }) => id), exited: applied.ended };
  await answerEvent(trx, event.id, outcome);
  return { isNew: true, outcome };
}

async function apply(
  trx: Kysely<Schema>,
  engine: Engine,
  { event, data }: EventReport,
  now: number,
): Promise<Pick<Extract<Merged, { created: boolean }>, "began" | "ended"> | { refused: Refusal }> {
  const { type, target } = event;
  const occurred = [{ type, target }];
  if (data !== null) {
    return mergeEntity(trx, engine, { ...target, ...data }, now, occurred);
  }
  if (!(await isKnown(trx, event))) {
    const path = `/v1/${target.type}s/${encodeURIComponent(target.id)}`;
    const detail = `There is no ${target.type} ${target.id}; send its fields as \`data\`, or PUT ${path} first`;
    return { refused: { problem: "unknown-target", detail } };
  }
  const ended = await exitOnEvents(trx, engine, occurred, now);
  return { ended, began: await startTriggered(trx, engine, occurred, now) };
}

async function isKnown(trx: Kysely<Schema>, { target }: ReportedEvent): Promise<boolean> {
  const { type, id } = target;
  if (type === "contact") return (await readContacts(trx, [id])).has(id);
  return (await readTarget(trx, { type, id })) !== null;
}
