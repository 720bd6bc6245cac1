import type { Lesson } from "./lesson.ts";

/** What is said, on which channel. */
export const CONTENT = {
  "content-missing": {
    severity: "error",
    reason: "A step must have something to say on each channel it can take.",
    why: "`automatic`, `same_conversation` and `on_failure.channels` let one step go by several channels. On one without a text the step would fail, for just the people who cannot be reached otherwise.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content:
      channels: { email: { subject: Welcome!, body: It is good to have you with us. } }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content:
      body: Welcome!
      channels: { email: { subject: Welcome!, body: It is good to have you with us. } }
`,
    },
  },
  "subject-missing": {
    severity: "error",
    reason: "An email without a subject looks like spam, and often is taken for it.",
    why: "A step that can go by email needs a subject, also where email is only the fallback.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: email, content: It is good to have you with us. }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: email
    content: { subject: Welcome!, body: It is good to have you with us. }
`,
    },
  },
  "ai-missing": {
    severity: "error",
    reason: "A model writes what it is told to.",
    why: "`compose: ai_assisted` and `ai_full` hand a brief to a model. Without `ai.intent` there is no brief, and nothing to review in the pull request.",
    shown: {
      wrong: `
kind: Sequence
id: follow-up
target: deal
steps:
  - { id: ask, wait: 2 days, channel: sms, compose: ai_assisted, content: Any questions? }
`,
      right: `
kind: Sequence
id: follow-up
target: deal
steps:
  - id: ask
    wait: 2 days
    channel: sms
    compose: ai_assisted
    ai: { intent: Ask whether a question is open., max_characters: 160 }
    content: Any questions?
`,
    },
  },
  "outside-window": {
    severity: "warning",
    reason: "WhatsApp takes free text for 24 hours after the contact's last message.",
    why: "Outside of this window only approved templates may be sent; free text fails, silently for whoever wrote it. A step that can go by WhatsApp names a template for that case with `outside_window`, approved for the inbox that sends it.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: whatsapp, content: Your charge is open. }
`,
      right: `
kind: Sequence
id: billing
target: charge
steps:
  - id: nudge
    wait: 1 day
    channel: whatsapp
    content: Your charge is open.
    outside_window:
      template: charge-due
      parameters: ["{{ contact.first_name | default('there') }}", "{{ charge.number }}"]
`,
    },
  },
  "template-parameters": {
    severity: "error",
    reason: "WhatsApp refuses a template whose parameters do not match.",
    why: "An approved text has so many places, numbered or named. One too few, one too many or one of another name, and the provider rejects the message.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
steps:
  - id: nudge
    wait: 1 day
    channel: whatsapp
    content:
      type: template
      template: charge-due
      parameters: ["{{ charge.number }}"]
`,
      right: `
kind: Sequence
id: billing
target: charge
steps:
  - id: nudge
    wait: 1 day
    channel: whatsapp
    content:
      type: template
      template: charge-due
      parameters: ["{{ contact.first_name | default('there') }}", "{{ charge.number }}"]
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
