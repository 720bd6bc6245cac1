import type { Lesson } from "./lesson.ts";

/** Comments that make an exception of a rule. */
export const EXCEPTIONS = {
  "ignore-reason": {
    severity: "error",
    reason: "An exception without a reason is one that nobody dares to remove.",
    why: "`# cadenza-ignore <rule>: <reason>` takes back one warning at one place. Whoever reviews the change, or reads the file in a year, judges by the reason whether it still holds; without one the exception does not pass.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    # cadenza-ignore blank-variable
    content: Welcome, {{ contact.first_name }}!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    # cadenza-ignore blank-variable: the sign-up form insists on a first name
    content: Welcome, {{ contact.first_name }}!
`,
    },
  },
  "ignore-unknown": {
    severity: "warning",
    reason: "An exception of a rule that is none takes nothing back.",
    why: "The comment names rules as they are told, several with commas between them. Errors have no exceptions, because what is in error cannot run; what `plan` tells of a change has none, because the change is over when the file is read again.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    # cadenza-ignore blank-variables: the sign-up form insists on a first name
    content: Welcome, {{ contact.first_name }}!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    # cadenza-ignore blank-variable: the sign-up form insists on a first name
    content: Welcome, {{ contact.first_name }}!
`,
    },
  },
  "ignore-unused": {
    severity: "warning",
    reason: "An exception that outlives its cause would hide the next mistake.",
    why: "The comment counts beside the finding or on the line above it; above a text of several lines it counts for all of them. When nothing is left there that breaks the rule, it goes.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    # cadenza-ignore blank-variable: the sign-up form insists on a first name
    content: Welcome, {{ contact.first_name | default("friend") }}!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome, {{ contact.first_name | default("friend") }}!
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
