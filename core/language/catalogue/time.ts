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
  "spam-wait": {
    severity: "warning",
    reason: "Who has not answered within minutes has not had the time to.",
    why: "A second message less than an hour after the first reads like a machine, and is what makes people opt out. A step with an `if` or an `at` was meant so and is not told; nor is one in the same conversation.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome! }
  - { id: tips, wait: 10 minutes, content: Come ten minutes early. }
`,
      right: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome! }
  - { id: tips, wait: 1 day, content: Come ten minutes early. }
`,
    },
  },
  "never-sendable": {
    severity: "error",
    reason: "A step that no day has an hour for is never sent.",
    why: "Sending hours and business days hold together: where the only hours are at weekends, a step that waits for business days finds none in a whole year.",
    shown: {
      wrong: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
send_hours: { sat-sun: "10:00-18:00" }
--- # welcome.yaml
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 2 business days, channel: sms, content: How is it going? }
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
send_hours: { sat-sun: "10:00-18:00" }
--- # welcome.yaml
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 2 days, channel: sms, content: How is it going? }
`,
    },
  },
  "at-outside-hours": {
    severity: "warning",
    reason: "A time of day within the quiet hours is never the time that it is sent at.",
    why: "`at` sets the time, and then the sending hours move it: each message of this step waits until they begin. The pull request would promise a time that nobody ever gets.",
    shown: {
      wrong: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
quiet_hours: { from: "21:00", to: "08:00" }
--- # welcome.yaml
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 1 day, at: "06:30", channel: sms, content: Good morning! }
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
quiet_hours: { from: "21:00", to: "08:00" }
--- # welcome.yaml
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 1 day, at: "08:30", channel: sms, content: Good morning! }
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
