import type { Clock } from "../core/clock.ts";
import type { Db } from "../store/database.ts";
import { advanceMessage, lockReported } from "../store/deliveries.ts";
import { listKnownProviderIds, listSought, type SoughtMessage } from "../store/messages-read.ts";
import { SEND_TIMEOUT_MS } from "./channels/channel.ts";
import type { Channels } from "./channels/registry.ts";
import type { Engine } from "./engine.ts";
import type { Log } from "./log.ts";
import { settle } from "./operate.ts";
import { transact } from "./transact.ts";

const MINUTE_MS = 60_000;
/** A provider lists a message within seconds; until then its callback may settle it as well. */
const NOT_BEFORE_MS = MINUTE_MS;
/** Whatever was not found by then, somebody has to look for. */
const GIVEN_UP_MS = 60 * MINUTE_MS;
const AT_ONCE = 100;

interface LookUp {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly channels: Channels;
  readonly log: Log;
}

/**
 * Looks for messages whose fate is unknown at the provider that can be asked (Twilio), and settles as sent what
 * is found there for certain: one message to that number with those words since it was due, that is not another
 * of ours. What is not found stays unknown: a list may come late, and a second copy is worse than a question.
 */
export async function lookUpUnknown(given: LookUp): Promise<void> {
  const { db, clock, engine, channels, log } = given;
  if (channels.lookUp === undefined) return;
  const now = clock.now();
  const span = { from: now - GIVEN_UP_MS, to: now - NOT_BEFORE_MS };
  const sought = await listSought(db, "twilio", span, AT_ONCE);
  if (sought.length === 0) return;
  const { inboxes } = await engine.workspace(db);
  for (const message of sought) {
    const inbox = inboxes.get(message.inbox_id);
    if (inbox === undefined) continue;
    const { channel, address: to, body: text, since } = message;
    const asked = { channel, to, text, since: since.getTime() };
    try {
      const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
      const found = await channels.lookUp(inbox, asked, signal);
      const known = await listKnownProviderIds(db, found);
      const [sid, ...others] = found.filter((id) => !known.has(id));
      if (sid === undefined || others.length > 0) continue;
      await settleAsSent(given, message, sid);
    } catch (error) {
      log.warn("look_up_failed", { inbox: inbox.id, error: (error as Error).name });
      return;
    }
  }
}

async function settleAsSent(
  { db, clock, engine }: LookUp,
  { id, inbox_id: inbox }: SoughtMessage,
  providerId: string,
): Promise<void> {
  await transact(db, async (trx) => {
    const message = await lockReported(trx, { inbox, id, providerId: null });
    if (message?.state !== "unknown") return;
    const now = clock.now();
    await settle(trx, engine, id, "sent", "look-up", now);
    const progress = { state: "sent", providerId, at: now, code: null, error: null } as const;
    await advanceMessage(trx, { ...message, state: "sent" }, progress, now);
  });
}
