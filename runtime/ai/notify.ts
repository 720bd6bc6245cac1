import type { Clock } from "../../core/clock.ts";
import type { SendResult } from "../../core/enrollment/index.ts";
import type { Db } from "../../store/database.ts";
import { takeUnnotified, untakeNotified } from "../../store/drafts.ts";
import { newId } from "../../store/ids.ts";
import { SEND_TIMEOUT_MS } from "../channels/channel.ts";
import type { Channels } from "../channels/registry.ts";
import type { Engine } from "../engine.ts";
import type { Log } from "../log.ts";

interface Notification {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly channels: Channels;
  readonly publicUrl: string | null;
  readonly log: Log;
}

/**
 * Tells the workspace's `approvers` by mail that drafts wait for them: one mail each, however many drafts,
 * and without a word of the drafts. Where no mail got through for now, they are told at the next look.
 */
export async function notifyApprovers(notification: Notification): Promise<void> {
  const { db, clock, engine, channels, publicUrl, log } = notification;
  const now = clock.now();
  const told = await takeUnnotified(db, now);
  if (told.length === 0) return;
  const { policy, inboxes } = await engine.workspace(db);
  const inbox = inboxes.get(policy.channels.inboxes.email ?? "");
  if (inbox === undefined || inbox.channel !== "email") return;
  const drafts = told.length === 1 ? "a draft waits" : `${told.length} drafts wait`;
  const where = publicUrl === null ? "" : `\n\n${publicUrl}/approvals`;
  const kinds = new Set<SendResult["kind"]>();
  for (const to of policy.approvers.filter((one) => one.includes("@"))) {
    const id = newId(now);
    const text = `In ${policy.name} ${drafts} for approval.${where}`;
    const result = await channels.send(
      {
        id,
        enrollment: id,
        sequence: "approvals",
        version: 1,
        step: "notice",
        inbox,
        channel: "email",
        to,
        conversation: null,
        reason: "approver",
        subject: `${policy.name}: ${drafts} for approval`,
        text,
        html: null,
        template: null,
        buttons: [],
        attachments: [],
        thread: [],
        unsubscribe: null,
        due: now,
        now,
      },
      AbortSignal.timeout(SEND_TIMEOUT_MS),
    );
    kinds.add(result.kind);
    if (result.kind !== "sent") log.warn("approvers_not_told", { code: result.code });
  }
  const isPassing = [...kinds].every((kind) => kind === "retry" || kind === "snooze");
  if (kinds.size > 0 && isPassing) await untakeNotified(db, told);
}
