import {
  answer,
  channel,
  externalId,
  instant,
  maybeText,
  resourceId,
  targetType,
} from "./common.ts";

const anything = { type: "object", additionalProperties: true } as const;
const maybe = { type: ["object", "null"], additionalProperties: true } as const;
const list = { type: "array", items: anything } as const;
const text = { type: "string" } as const;

/** The body of `POST /v1/preview`. */
export const previewBody = {
  type: "object",
  additionalProperties: false,
  properties: {
    sequence: {
      ...resourceId,
      description: "Whose active version is shown; else only the facts are.",
    },
    contact: { ...externalId, description: "The contact." },
    target: {
      type: "object",
      description:
        "What it is about. Without an `id` the contact's latest of this type; without a `target` the sequence's type.",
      required: ["type"],
      additionalProperties: false,
      properties: { type: targetType, id: externalId },
    },
    start: {
      type: "string",
      description: "When the enrollment begins, with an offset or Z; default now.",
    },
  },
} as const;

const step = answer({
  step: text,
  due_at: { ...maybeText, description: "In the contact's zone, with its offset." },
  channel: { type: ["string", "null"], enum: [...channel.enum, null] },
  inbox: maybeText,
  reason: { ...maybeText, description: "Why this channel, or why nothing is sent." },
  skipped: maybeText,
  subject: maybeText,
  text: maybeText,
  html: maybeText,
  segments: { type: ["integer", "null"] },
  template: maybe,
  diagnostics: list,
  name: maybeText,
  to: maybeText,
  wait: text,
  moved: { ...maybe, description: "From when sending hours moved it, and why." },
  if: maybeText,
  compose: text,
  ai: maybe,
  sms: maybe,
  other_window: { ...maybe, description: "WhatsApp: what is said if its window is the other way." },
  buttons: list,
  attachments: list,
});

export const previewSchema = {
  $id: "Preview",
  ...answer({
    sequence: maybeText,
    version: { type: ["integer", "null"] },
    persona: { ...text, description: "The contact's id." },
    target: answer({ type: targetType, id: text }),
    start: { ...instant, description: "In the contact's zone." },
    steps: { type: "array", description: "Empty without a sequence.", items: step },
    known: answer(
      {
        contact_id: text,
        contact: anything,
        target_id: maybeText,
        target: maybe,
        agent: maybe,
        conversations: list,
        suppressions: list,
      },
      "What messages to them are made of: enough to preview a draft elsewhere.",
    ),
  }),
} as const;
