import type { Channel, StepChannel } from "../language/document.ts";
import type { Inbox } from "../language/policy.ts";
import type { CompiledStep } from "./program.ts";
import type { Conversation, FailureCode, Reach, Workspace } from "./types.ts";

/** WhatsApp's customer service window: 24 hours from the contact's last message. */
export const WHATSAPP_WINDOW_MS = 24 * 60 * 60 * 1000;

/** Why a channel was chosen that the step names. */
export function askedFor(channel: string): string {
  return `the step asks for ${channel}`;
}

/** How a step will reach its contact, or why it cannot. */
export type Choice =
  | {
      readonly kind: "chosen";
      readonly channel: Channel;
      readonly inbox: Inbox;
      readonly to: string;
      readonly conversation: Conversation | null;
      /** WhatsApp outside its window (or a step that is a template): only an approved template goes. */
      readonly useTemplate: boolean;
      readonly reason: string;
    }
  | { readonly kind: "failure"; readonly code: FailureCode; readonly message: string }
  | { readonly kind: "opted_out" }
  /** Nobody agreed to marketing there. */
  | { readonly kind: "no_consent" };

/** What keeps a whole enrollment from a channel, besides what fails a step. */
type Barrier = "opted_out" | "no_consent";
type Chosen = Extract<Choice, { kind: "chosen" }>;
type Try =
  | Chosen
  | { readonly kind: "no"; readonly code: FailureCode | Barrier; readonly message: string };

/**
 * Chooses the channel and inbox of a step and says why.
 * @param failed channels that have certainly failed at this step; the first of `on_failure.channels`
 *   not among them takes over
 * @param barred channels that this enrollment may not use for lack of consent
 */
export function chooseChannel(
  compiled: CompiledStep,
  workspace: Workspace,
  reach: Reach,
  failed: readonly StepChannel[],
  now: number,
  barred: readonly Channel[] = [],
): Choice {
  const { step } = compiled;
  const attempt = (
    channel: Channel,
    inboxId?: string,
    conversation: Conversation | null = null,
  ): Try => {
    const tried = tryChannel(compiled, workspace, reach, channel, inboxId, conversation, now);
    const isBarred = tried.kind === "chosen" && barred.includes(channel);
    return isBarred ? no("no_consent", "no consent to marketing") : tried;
  };

  if (failed.length > 0) {
    const fallback = step.on_failure.channels.find((channel) => !failed.includes(channel));
    if (fallback === undefined) return failure("no_content", "no channel is left to fall back to");
    return settle(attempt(fallback), `fallback after ${failed.join(", ")} failed`);
  }
  switch (step.channel) {
    case "automatic":
      return automatic(workspace, reach, attempt);
    case "same_conversation": {
      const conversation = reach.conversation ?? reach.latestOpen;
      if (conversation === null) {
        return failure("no_conversation", "the contact has no conversation to continue");
      }
      const inbox = workspace.inboxes.get(conversation.inbox);
      if (inbox === undefined) return failure("no_inbox", `inbox ${conversation.inbox} is gone`);
      return settle(attempt(inbox.channel, inbox.id, conversation), "same conversation");
    }
    default:
      return settle(attempt(step.channel, step.inbox), askedFor(step.channel));
  }
}

function automatic(
  workspace: Workspace,
  reach: Reach,
  attempt: (channel: Channel, inboxId?: string, conversation?: Conversation) => Try,
): Choice {
  const passed: string[] = [];
  const barriers = new Set<string>();
  const conversation = reach.conversation;
  if (conversation?.open) {
    const inbox = workspace.inboxes.get(conversation.inbox);
    const tried = inbox && attempt(inbox.channel, inbox.id, conversation);
    if (tried?.kind === "chosen") return settle(tried, "the open conversation");
    if (tried) {
      passed.push(`open conversation: ${tried.message}`);
      barriers.add(tried.code);
    }
  }
  for (const channel of workspace.policy.channels.automatic) {
    const tried = attempt(channel);
    if (tried.kind === "chosen") {
      return settle(tried, passed.length === 0 ? "first choice" : passed.join("; "));
    }
    passed.push(`${channel}: ${tried.message}`);
    barriers.add(tried.code);
  }
  if (barriers.has("opted_out")) return { kind: "opted_out" };
  if (barriers.has("no_consent")) return { kind: "no_consent" };
  return failure("no_address", passed.join("; ") || "the workspace has no channels");
}

function settle(tried: Try, reason: string): Choice {
  if (tried.kind === "chosen") {
    const why = tried.reason === "" ? reason : `${reason} (${tried.reason})`;
    return { ...tried, reason: why };
  }
  if (tried.code === "opted_out" || tried.code === "no_consent") return { kind: tried.code };
  return { kind: "failure", code: tried.code, message: tried.message };
}

function tryChannel(
  compiled: CompiledStep,
  workspace: Workspace,
  reach: Reach,
  channel: Channel,
  inboxId: string | undefined,
  conversation: Conversation | null,
  now: number,
): Try {
  const id = inboxId ?? workspace.policy.channels.inboxes[channel];
  const inbox = id === undefined ? undefined : workspace.inboxes.get(id);
  if (inbox === undefined)
    return no("no_inbox", id ? `inbox ${id} is gone` : `no ${channel} inbox`);
  const to = channel === "email" ? reach.email : reach.phone;
  if (to === null)
    return no("no_address", channel === "email" ? "no email address" : "no phone number");
  if (reach.suppressed.includes(channel)) return no("opted_out", "opted out");
  const chosen = { kind: "chosen", channel, inbox, to, conversation, reason: "" } as const;
  if (channel !== "whatsapp") {
    if (compiled.templateOnly)
      return no("no_content", `a WhatsApp template cannot go by ${channel}`);
    return { ...chosen, useTemplate: false };
  }
  if (compiled.templateOnly) return { ...chosen, useTemplate: true };
  if (windowIsOpen(inbox, reach, now)) return { ...chosen, useTemplate: false };
  if (templateFor(compiled, inbox) === undefined) {
    return no(
      "outside_window",
      `WhatsApp's window is closed and no template fits inbox ${inbox.id}`,
    );
  }
  return { ...chosen, useTemplate: true, reason: "outside the 24 h window: approved template" };
}

/**
 * The approved template of the step that belongs to this inbox: in the contact's language, else in
 * another variant of it (`pt` for `pt-BR`), else the one that the step names.
 */
export function templateFor(compiled: CompiledStep, inbox: Inbox, language = "") {
  const own =
    compiled.template?.candidates.filter((candidate) => candidate.inbox === inbox.id) ?? [];
  const [tag, base] = [normalTag(language), normalTag(language).split("-")[0]];
  return (
    own.find((candidate) => normalTag(candidate.language) === tag) ??
    own.find((candidate) => normalTag(candidate.language).split("-")[0] === base) ??
    own[0]
  );
}

/** Meta writes `pt_BR` where the rest of the world writes `pt-BR`. */
function normalTag(tag: string): string {
  return tag.toLowerCase().replace("_", "-");
}

/** Free text may be sent: the inbox has no window, or the contact wrote to it within 24 hours. */
function windowIsOpen(inbox: Inbox, reach: Reach, now: number): boolean {
  if (inbox.provider === "whatsapp_web") return true;
  const last = reach.lastInbound[inbox.id];
  return last !== undefined && now - last < WHATSAPP_WINDOW_MS;
}

function no(code: FailureCode | Barrier, message: string): Try {
  return { kind: "no", code, message };
}

function failure(code: FailureCode, message: string): Choice {
  return { kind: "failure", code, message };
}
