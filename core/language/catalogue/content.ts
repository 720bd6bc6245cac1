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
  "unsubscribe-missing": {
    severity: "warning",
    reason: "Marketing by email without a way out is against the law in most places.",
    why: "Each email of a sequence with `purpose: marketing` says how to have no more of it, in every language it is written in. `{{ unsubscribe_url }}` is a page of the contact's own, where one click does it. Who finds no such link marks the mail as spam, and then nobody's mail arrives.",
    shown: {
      wrong: `
kind: Sequence
id: news
purpose: marketing
target: contact
steps:
  - id: autumn
    wait: immediately
    channel: email
    content: { subject: The autumn courses, body: They are open for enrolment. }
`,
      right: `
kind: Sequence
id: news
purpose: marketing
target: contact
steps:
  - id: autumn
    wait: immediately
    channel: email
    content:
      subject: The autumn courses
      body: |
        They are open for enrolment.

        Rather not hear from us? {{ unsubscribe_url }}
`,
    },
  },
  "unused-message": {
    severity: "warning",
    reason: "A text that is never sent is still read, translated and reviewed.",
    why: "A message template is sent where a step of a sequence, or of a template, has `content: { message: <id> }`. One that no step names was forgotten when the step went, or the step names another by mistake.",
    shown: {
      wrong: `
--- # thanks.yaml
kind: MessageTemplate
id: thanks
body: Thank you for your visit!
--- # visit.yaml
kind: Sequence
id: visit
target: contact
steps:
  - { id: thank, wait: 1 day, channel: sms, content: Thank you for your visit! }
`,
      right: `
--- # thanks.yaml
kind: MessageTemplate
id: thanks
body: Thank you for your visit!
--- # visit.yaml
kind: Sequence
id: visit
target: contact
steps:
  - { id: thank, wait: 1 day, channel: sms, content: { message: thanks } }
`,
    },
  },
  "sms-segments": {
    severity: "warning",
    reason: "A text message is billed by the segment, and a long one is several.",
    why: "One segment has 160 characters, or 70 where a character needs UCS-2; in a longer message each has 153, or 67. `validate` counts only what is sure to be said, `preview` counts what each persona gets. Above 1,600 characters providers take nothing.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Thank you for coming to the studio. Your place at the wheel is kept for you until Friday, and whoever is there will gladly show you around, find you an apron and make some tea.
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Thank you for coming! Your place is kept until Friday. }
`,
    },
  },
  "sms-unicode": {
    severity: "warning",
    reason: "One character can double what a text message costs.",
    why: "Text messages have an alphabet of their own, GSM-7. A single character that it lacks, such as a curly quote, a dash or an emoji, makes the whole message UCS-2, with 70 characters a segment in place of 160. Told only where that takes a segment more. For languages that cannot do without, turn it off.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Thank you for coming! Your place at the wheel is kept until Friday – ask for Olivia.
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Thank you for coming! Your place at the wheel is kept until Friday. Ask for Olivia.
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
