import type { Kysely } from "kysely";
import type { Inbox } from "../../core/language/policy.ts";
import type { Schema } from "../../store/schema.ts";
import type { Engine } from "../engine.ts";
import { applyDelivery } from "./delivery.ts";
import type { InboundEvent } from "./events.ts";
import { optIn, stop } from "./keyword.ts";
import { applyMessage } from "./message.ts";
import { phoneVariants } from "./phones.ts";

/** An event with the inbox that it came to. */
interface Arrival {
  readonly inbox: Inbox;
  readonly event: InboundEvent;
  /** When it came, epoch ms. */
  readonly receivedAt: number;
}

/**
 * Applies one event in the caller's transaction.
 * @param now epoch ms
 * @returns `wait` when it is about a message that is not known yet, or is still being sent
 */
export async function applyInbound(
  trx: Kysely<Schema>,
  engine: Engine,
  arrival: Arrival,
  now: number,
): Promise<"applied" | "wait"> {
  const { inbox, event } = arrival;
  switch (event.kind) {
    case "message":
      await applyMessage(trx, engine, { ...arrival, event }, now);
      return "applied";
    case "delivery":
      return applyDelivery(trx, engine, inbox, event, now);
    case "preference": {
      const addresses = phoneVariants(event.address);
      const { channel } = inbox;
      if (event.wants === "stop") await stop(trx, engine, channel, addresses, event.purpose, now);
      else await optIn(trx, channel, addresses, event.purpose);
      return "applied";
    }
  }
}
