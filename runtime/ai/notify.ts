import type { Clock } from "../../core/clock.ts";
import type { Db } from "../../store/database.ts";
import { takeUnnotified } from "../../store/drafts.ts";
import { newId } from "../../store/ids.ts";
import { SEND_TIMEOUT_MS } from "../channels/channel.ts";
import type { Channels } from "../channels/registry.ts";
import type { Engine } from "../engine.ts";
import type { Log } from "../log.ts";

export interface Notification {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly channels: Channels;
  readonly publicUrl: string | null;
  readonly log: Log;
}

/**
 * Tells the workspace's `approvers` by mail that drafts wait for them: one mail each, however many drafts,
 * and without a word of the drafts. A notice that fails is not repeated; the queue stays as it is.
 */
export async function notifyApprovers(notification: Notification): Promise<void> {
  const { db, clock, engine, channels, publicUrl, log } = notification;
  const now = clock.now();
  const count = await takeUnnotified(db, now);
  if (count === 0) return;
  const { policy, inboxes } = await engine.workspace(db);
  const inbox = inboxes.get(policy.channels.inboxes.email ?? "");
  if (inbox === undefined || inbox.channel !== "email") return;
  const drafts = count === 1 ? "a draft waits" : `${count} drafts wait`;
  const where = publicUrl === null ? "" : `\n\n${publicUrl}/approvals`;
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
    if (result.kind !== "sent") log.warn("approvers_not_told", { code: result.code });
  }
}
