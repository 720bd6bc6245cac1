import type {
  Position,
  Program,
  Reach,
  Situation,
  Workspace,
} from "../../core/enrollment/index.ts";
import type { Conversation } from "../../core/enrollment/index.ts";
import type { EntityData } from "../../core/facts.ts";
import type { ClaimedEnrollment, LiveEnrollment } from "../../store/chunk-load.ts";
import type { StoredConversation } from "../../store/known-contacts.ts";
import { factsOf } from "../facts.ts";

/** Who an enrollment is for, and what is known about them. */
export type Known = Pick<
  LiveEnrollment,
  | "id"
  | "started_at"
  | "target_type"
  | "target_id"
  | "contact_id"
  | "contact"
  | "target"
  | "agent"
  | "conversations"
  | "suppressions"
  | "draft"
>;

/** What a decision about an enrollment rests on, from what was loaded. */
export function situationOf(row: Known, program: Program, workspace: Workspace): Situation {
  const target =
    row.target === null ? null : { type: row.target_type, id: row.target_id, data: row.target };
  const facts = factsOf({
    contact: { id: row.contact_id, data: row.contact },
    target,
    agent: row.agent === null ? null : { id: row.agent.id, data: row.agent },
    policy: workspace.policy,
    enrollmentId: row.id,
    startedAt: row.started_at,
    unsubscribeUrl: program.saysUnsubscribeUrl ? workspace.unsubscribeUrl(row.id) : undefined,
  });
  const reach = reachOf(row, program);
  return { workspace, facts, reach, ...(row.draft === undefined ? {} : { draft: row.draft }) };
}

export function positionOf(row: ClaimedEnrollment): Position {
  return {
    step: row.step_id,
    base: row.base_at,
    due: row.next_due_at,
    expires: row.expires_at,
    attempt: row.attempt,
    failedChannels: row.failed_channels,
  };
}

/** The suppressions that stop a message of this purpose: STOP (`all`) stops every one. */
export function purposesOf(program: Program): readonly ("marketing" | "all")[] {
  return program.sequence.purpose === "marketing" ? ["marketing", "all"] : ["all"];
}

function reachOf(row: Known, program: Program): Reach {
  const purposes = purposesOf(program);
  const conversations = row.conversations.map(conversationOf).filter((one) => one !== null);
  const own = row.target_type === "conversation" ? row.target : null;
  return {
    email: textOf(row.contact, "email"),
    phone: textOf(row.contact, "phone"),
    suppressed: row.suppressions
      .filter(({ purpose }) => purposes.includes(purpose))
      .map(({ channel }) => channel),
    lastInbound: lastInbound(row.conversations),
    conversation: own === null ? null : conversationOf({ id: row.target_id, data: own }),
    latestOpen: conversations.find(({ open }) => open) ?? null,
  };
}

function conversationOf({
  id,
  data,
}: Pick<StoredConversation, "id" | "data">): Conversation | null {
  const inbox = textOf(data, "inbox");
  if (inbox === null) return null;
  return {
    id,
    inbox,
    open: textOf(data, "status") !== "resolved",
    subject: textOf(data, "subject"),
  };
}

function lastInbound(conversations: readonly StoredConversation[]): Reach["lastInbound"] {
  const latest: Record<string, number> = {};
  for (const { data, window_closed_at: closed } of conversations) {
    const [inbox, at] = [textOf(data, "inbox"), textOf(data, "last_inbound_at")];
    if (inbox === null || at === null) continue;
    if (closed !== null && Date.parse(closed) >= Date.parse(at)) continue;
    latest[inbox] = Math.max(latest[inbox] ?? 0, Date.parse(at));
  }
  return latest;
}

function textOf(data: EntityData, field: string): string | null {
  const value = data[field];
  return typeof value === "string" && value !== "" ? value : null;
}
