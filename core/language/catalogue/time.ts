import type { Lesson } from "./lesson.ts";

/** Waits, times of day and hours. */
export const TIME = {
  wait: {
    severity: "error",
    reason: "A wait that cannot be read would be sent at once, or never.",
    why: "A wait is `immediately`, a length such as `3 business days` counted from the previous send, or a length before or after a date, such as `2 hours before appointment.starts_at`. Lengths are whole numbers of minutes, hours, days or business days.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 2 weeks, channel: sms, content: How is it going? }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 14 days, channel: sms, content: How is it going? }
`,
    },
  },
  "wait-variable": {
    severity: "error",
    reason: "A step can only wait for a date that exists.",
    why: "The variable behind `before`, `after` or `on` is a date of the contact or of the sequence's target, or a custom attribute of type date. With a misspelled one the step would be held for good.",
    shown: {
      wrong: `
kind: Sequence
id: reminder
target: appointment
steps:
  - { id: soon, wait: 2 hours before appointment.start, channel: sms, content: See you soon. }
`,
      right: `
kind: Sequence
id: reminder
target: appointment
steps:
  - { id: soon, wait: 2 hours before appointment.starts_at, channel: sms, content: See you soon. }
`,
    },
  },
  "at-required": {
    severity: "error",
    reason: "A day has no time: midnight is nobody's wish.",
    why: "A date such as `charge.due_on` is a day without a time. `at` says when on that day, in the zone that governs; it can stand in the sequence's `defaults`.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: soon, wait: 3 days before charge.due_on, channel: sms, content: Your charge is due soon. }
`,
      right: `
kind: Sequence
id: billing
target: charge
defaults: { at: "09:30" }
steps:
  - { id: soon, wait: 3 days before charge.due_on, channel: sms, content: Your charge is due soon. }
`,
    },
  },
  "time-of-day": {
    severity: "error",
    reason: "A time of day is written on a clock of 24 hours.",
    why: "Hours and minutes in quotes, such as `\"09:30\"`: no am or pm, no seconds, no zone. The zone is the workspace's or the contact's.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 1 day, at: 9am, channel: sms, content: Welcome! }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 1 day, at: "09:00", channel: sms, content: Welcome! }
`,
    },
  },
  duration: {
    severity: "error",
    reason: "A length of time that cannot be read counts for nothing.",
    why: "A length is a whole number above zero and a unit: minutes, hours, days or business days.",
    shown: {
      wrong: `
kind: Sequence
id: check-in
target: conversation
triggers: [{ inactive: two days }]
steps:
  - { id: hello, wait: immediately, channel: sms, content: Anything else? }
`,
      right: `
kind: Sequence
id: check-in
target: conversation
triggers: [{ inactive: 2 days }]
steps:
  - { id: hello, wait: immediately, channel: sms, content: Anything else? }
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
