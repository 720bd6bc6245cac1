import { entitySchema } from "../entities.ts";
import {
  answer,
  channel,
  externalId,
  instant,
  maybeInstant,
  maybeText,
  resourceId,
  targetType,
  uuid,
} from "./common.ts";

const state = {
  type: "string",
  enum: ["active", "paused", "held", "completed", "exited", "failed"],
} as const;
const messageState = {
  type: "string",
  enum: [
    "pending",
    "awaiting_approval",
    "sending",
    "sent",
    "delivered",
    "read",
    "failed",
    "skipped",
    "unknown",
  ],
} as const;

const target = {
  type: "object",
  required: ["type", "id"],
  additionalProperties: false,
  properties: { type: targetType, id: externalId },
} as const;

/** The body of `POST /v1/enrollments`, and of each line of a bulk request. */
export const enrollBody = {
  type: "object",
  required: ["sequence", "target"],
  additionalProperties: false,
  properties: {
    sequence: { ...resourceId, description: "The sequence's id." },
    target: { ...target, description: "Whom or what it is about." },
    contact: {
      ...entitySchema("contact"),
      description: "Merges into the contact; `id` says which, where the target does not.",
    },
    data: {
      type: "object",
      description: "Merges into the target: the fields of its type. A new target needs it.",
    },
    agent: {
      ...entitySchema("agent"),
      required: ["id"],
      description: "Whom the enrollment is assigned to.",
    },
    start_at: {
      type: "string",
      maxLength: 40,
      description: "The instant that the first step counts from, with offset or Z; now if absent.",
      examples: ["2026-12-24T09:30:00+01:00"],
    },
  },
  examples: [
    {
      sequence: "billing",
      target: { type: "charge", id: "ch_1042" },
      contact: { id: "c_77", first_name: "Ana", phone: "+15550100123" },
      data: { number: "1042", amount: 120, currency: "EUR", due_on: "2027-01-15" },
    },
  ],
} as const;

export const enrolledSchema = {
  $id: "Enrolled",
  ...answer({
    id: uuid,
    sequence: { type: "string" },
    version: { type: "integer", description: "The version that it is pinned to." },
    state,
    next_step: maybeText,
    next_due_at: maybeInstant,
  }),
} as const;

const summary = {
  id: uuid,
  sequence: { type: "string" },
  version: { type: "integer" },
  target: answer({ type: targetType, id: { type: "string" } }),
  contact_id: { type: "string" },
  agent_id: maybeText,
  state,
  reason: { ...maybeText, description: "Why it is held, exited or failed." },
  next_step: maybeText,
  next_due_at: maybeInstant,
  expires_at: maybeInstant,
  halted_by: { ...maybeText, description: "The halt that keeps it back." },
  started_at: instant,
  ended_at: maybeInstant,
  updated_at: instant,
} as const;

export const enrollmentSchema = { $id: "Enrollment", ...answer(summary) } as const;

const anything = { type: "object", additionalProperties: true } as const;

const sourceSchema = answer({
  commit: { type: "string" },
  author: { type: "string" },
  file: { type: "string" },
  line: { type: "integer" },
});

const aiSchema = {
  ...answer({
    compose: { type: "string", enum: ["ai_assisted", "ai_full"] },
    model: maybeText,
    prompt: {
      type: ["array", "null"],
      items: answer({ role: { type: "string" }, content: { type: "string" } }),
    },
    problem: { ...maybeText, description: "Why the static text stood in for the model's." },
    tokens: { type: "integer" },
    cost: { type: "number", description: "By the prices that the server was given." },
    decided_by: { ...maybeText, description: "Who let it go, where a person had to." },
    decided_at: maybeInstant,
    edited: { type: "boolean", description: "Whether they wrote it anew." },
  }),
  type: ["object", "null"],
  description: "Who wrote it instead of the file; null: the file did.",
} as const;

export const enrollmentDetailSchema = {
  $id: "EnrollmentDetail",
  ...answer({
    ...summary,
    history: {
      type: "array",
      items: answer({ at: instant, type: { type: "string" }, step: maybeText, data: anything }),
    },
    messages: {
      type: "array",
      items: answer({
        id: uuid,
        step: { type: "string" },
        version: { type: "integer", description: "The version that it was written by." },
        attempt: { type: "integer" },
        state: messageState,
        channel: { type: ["string", "null"], enum: [...channel.enum, null] },
        inbox: maybeText,
        address: maybeText,
        conversation_id: maybeText,
        reason: { ...maybeText, description: "Why this channel, or why it was skipped." },
        subject: maybeText,
        text: maybeText,
        html: maybeText,
        template: { type: ["object", "null"], additionalProperties: true },
        provider_id: maybeText,
        error_code: maybeText,
        error: maybeText,
        due_at: instant,
        created_at: instant,
        sent_at: maybeInstant,
        delivered_at: maybeInstant,
        read_at: maybeInstant,
        source: {
          ...sourceSchema,
          description: "The commit, and the place in it, that its step was written at.",
        },
        ai: aiSchema,
      }),
    },
  }),
} as const;
