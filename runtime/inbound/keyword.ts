import type { Kysely } from "kysely";
import type { Channel } from "../../core/language/document.ts";
import type { Schema } from "../../store/schema.ts";
import { liftSuppressions } from "../../store/suppressions.ts";
import type { Engine } from "../engine.ts";
import { optOut } from "../opt-out.ts";

/** Why an address is suppressed that a person can have back by writing START. */
const STOPPED = "stop";
/** Why an address is suppressed whose provider refused it as opted out. */
export const REFUSED = "opted out at the provider";

/**
 * Opts addresses out of a channel because their person said so.
 * @param now epoch ms
 */
export async function stop(
  trx: Kysely<Schema>,
  engine: Engine,
  channel: Channel,
  addresses: readonly string[],
  purpose: "marketing" | "all",
  now: number,
): Promise<void> {
  const optOuts = addresses.map((address) => ({ channel, address, purpose, reason: STOPPED }));
  await optOut(trx, engine, optOuts, now);
}

/** Opts addresses in again: lifts what a STOP made, and nothing that was decided elsewhere. */
export async function optIn(
  trx: Kysely<Schema>,
  channel: Channel,
  addresses: readonly string[],
  purpose: "marketing" | "all",
): Promise<void> {
  await liftSuppressions(trx, { channel, addresses, purpose, reasons: [STOPPED, REFUSED] });
}
