import type { Kysely } from "kysely";
import type { Inbox } from "../../core/language/policy.ts";
import { rememberWhatsAppUser } from "../../store/conversations.ts";
import { advanceMessage, lockReported, type ReportedMessage } from "../../store/deliveries.ts";
import { settleUnknown } from "../../store/messages-settle.ts";
import type { Schema } from "../../store/schema.ts";
import { closeWindows } from "../../store/windows.ts";
import type { Engine } from "../engine.ts";
import { settle } from "../operate.ts";
import { optOut } from "../opt-out.ts";
import type { DeliveryReport } from "./events.ts";
import { REFUSED } from "./keyword.ts";
import { fallBack } from "./late-failure.ts";

/**
 * Applies what a provider reports on a message of ours: how far it got, or that it failed after all. A
 * message whose fate was unknown is settled by it.
 * @param now epoch ms
 * @returns `wait` when the message is not known yet, or its sender has not recorded its own answer yet
 */
export async function applyDelivery(
  trx: Kysely<Schema>,
  engine: Engine,
  inbox: Inbox,
  report: DeliveryReport,
  now: number,
): Promise<"applied" | "wait"> {
  const { providerId } = report;
  const message = await lockReported(trx, { inbox: inbox.id, id: report.messageId, providerId });
  if (message === null || message.state === "sending") return "wait";
  if (report.userId !== null) {
    const user = { inbox: inbox.id, userId: report.userId, contact: message.contact_id };
    await rememberWhatsAppUser(trx, user, now);
  }
  const at = Math.min(report.at ?? now, now);
  const wasUnknown = message.state === "unknown";
  if (wasUnknown && report.state === "failed") {
    await settleUnknown(trx, message.id, "not_sent", at, now);
  } else if (wasUnknown) {
    await settle(trx, engine, message.id, "sent", "callback", now);
  }
  const known = wasUnknown ? { ...message, state: "sent" as const } : message;
  const progress = { ...report, at, error: report.message };
  const moved = await advanceMessage(trx, known, progress, now);
  if (moved && report.means === "outside_window" && !message.is_template) {
    await closeWindows(trx, [{ contact: message.contact_id, inbox: inbox.id }], now);
  }
  if (report.state === "failed" && moved) await fallBack(trx, engine, message, report, now);
  if (moved || report.state !== "failed") await suppress(trx, engine, message, report, now);
  return "applied";
}

/** After the fallback: an enrollment that another channel reaches now is not ended. */
async function suppress(
  trx: Kysely<Schema>,
  engine: Engine,
  { channel, address }: ReportedMessage,
  { means, code }: DeliveryReport,
  now: number,
): Promise<void> {
  if (channel === null || address === null) return;
  const given = { channel, address: channel === "email" ? address.toLowerCase() : address };
  switch (means) {
    case "bad_address":
      await optOut(
        trx,
        engine,
        [{ ...given, purpose: "all", reason: `bounced: ${code}` }],
        now,
        "bounced",
      );
      break;
    case "opted_out": {
      const reason = code === "complaint" ? "complaint" : REFUSED;
      await optOut(trx, engine, [{ ...given, purpose: "all", reason }], now);
      break;
    }
    case "opted_out_of_marketing":
      await optOut(trx, engine, [{ ...given, purpose: "marketing", reason: REFUSED }], now);
      break;
    default:
  }
}
