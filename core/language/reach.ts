import type { Channel } from "./document.ts";
import type { Model, Resource } from "./model.ts";
import type { StepOf } from "./steps.ts";

/** One way that a step can take. */
export interface Way {
  readonly channel: Channel;
  /** Undefined where the channel has no inbox. */
  readonly inbox: Resource<"Inbox"> | undefined;
}

/** Every channel and inbox that a step can reach, by its own choice or as a fallback. */
export function waysOf(model: Model, { step, sequence }: StepOf): readonly Way[] {
  const way = (channel: Channel, id = model.defaultInbox(channel)): Way => ({
    channel,
    inbox: id === undefined ? undefined : model.inboxes.get(id),
  });
  const all = () =>
    [...model.inboxes.values()].map((inbox) => ({ channel: inbox.value.channel, inbox }));
  const fallbacks = (step.on_failure?.channels ?? []).map((channel) => way(channel));
  switch (step.channel) {
    case "automatic": {
      const ordered = model.automaticOrder().map((channel) => way(channel));
      return unique([
        ...(sequence.value.target === "conversation" ? all() : []),
        ...ordered,
        ...fallbacks,
      ]);
    }
    case "same_conversation":
      return unique([...all(), ...fallbacks]);
    default:
      return unique([way(step.channel, step.inbox), ...fallbacks]);
  }
}

function unique(ways: readonly Way[]): readonly Way[] {
  return [
    ...new Map(ways.map((way) => [`${way.channel} ${way.inbox?.value.id ?? ""}`, way])).values(),
  ];
}

/** WhatsApp's 24 h window holds for the official providers; a linked phone has none. */
export function hasWindow({ channel, inbox }: Way): boolean {
  return channel === "whatsapp" && inbox?.value.provider !== "whatsapp_web";
}
