import type { Lesson } from "./lesson.ts";

/** What shows once a message is made for somebody. */
export const SENDING = {
  "never-sent": {
    severity: "error",
    reason: "For this persona the step has no time at which it could go.",
    why: "It expired before it could be sent, or the date it waits for is not known. A real enrollment would skip it or be held.",
    shown: {
      mend: "Give the persona the date, or look at the step's wait, its `expires_after` and the workspace's hours.",
    },
    by: "preview",
  },
  "no-address": {
    severity: "error",
    reason: "Nobody can be reached on a channel that they have no address for.",
    why: "The contact has neither an email address nor a phone number for any channel that the step can take, or has opted out of it.",
    shown: {
      mend: "Let the step choose its channel (`channel: automatic`), or name others under `on_failure.channels`.",
    },
    by: "preview",
  },
  "no-inbox": {
    severity: "error",
    reason: "The channel chosen has no inbox to leave through.",
    why: "Every message leaves through an inbox of its channel: the step's own, or the channel's default.",
    shown: {
      mend: "Add an inbox, or set the channel's default under `channels` in `cadenza.yaml`.",
    },
    by: "preview",
  },
  "no-conversation": {
    severity: "error",
    reason: "There is no conversation to go on with.",
    why: "`same_conversation` answers in the target's conversation, or in the contact's latest open one. Who has none cannot be reached that way.",
    shown: { mend: "Use `channel: automatic`, or name channels under `on_failure.channels`." },
    by: "preview",
  },
  "no-content": {
    severity: "error",
    reason: "On the channel chosen the step says nothing.",
    why: "Neither the contact's language nor the base has a text for this channel.",
    shown: { mend: "Add a `body`, or one for the channel under `channels`." },
    by: "preview",
  },
  "too-big": {
    severity: "error",
    reason: "A message that is longer than any channel takes is a mistake.",
    why: "What a text may cost to render, and how long it may become, is bounded.",
    shown: { mend: "Shorten the text; look at loops, and at what the variables hold." },
    by: "preview",
  },
  "bad-link": {
    severity: "error",
    reason: "A link that leads nowhere, or does something else, is not sent.",
    why: "Links of buttons, attachments and markdown are whole addresses that begin with https, http, mailto or tel. One that is made from variables is only whole once these are known.",
    shown: { mend: "Give the persona the value, or the link a default." },
    by: "preview",
  },
} as const satisfies Readonly<Record<string, Lesson>>;
