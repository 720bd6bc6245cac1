import type { Lesson } from "./lesson.ts";

/** Templates, conditions and the variables in them. */
export const VARIABLES = {
  "template-syntax": {
    severity: "error",
    reason: "A template that cannot be read cannot be sent.",
    why: "A brace that is never closed, an `if` without its `endif`, an operator without its second value: people would read the code instead of the text.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome{% if contact.first_name %}, {{ contact.first_name }}!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome{% if contact.first_name %}, {{ contact.first_name }}{% endif %}!
`,
    },
  },
  "template-forbidden": {
    severity: "error",
    reason: "Templates of pull requests come from anyone, so they can only say things.",
    why: "The dialect has output, `if`, `for` over a list, and filters. Calls, includes, assignments and fields that are worked out are left out on purpose: through them a text could run code, or never end.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome, {{ contact.first_name.toUpperCase() }}!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome, {{ contact.first_name | default("friend") | upper }}!
`,
    },
  },
  "template-too-big": {
    severity: "error",
    reason: "What a text may cost to render is bounded.",
    why: "A template may be 16,384 characters long, have 500 tags, nest 20 blocks or brackets. No message that people read comes near; what does is a mistake or an attack.",
    shown: { mend: "Say it shorter, or in several steps." },
  },
  "unknown-variable": {
    severity: "error",
    reason: "A variable that does not exist is always blank.",
    why: "Entities and their fields are a closed list (`cadenza variables` prints it). Everything else is a custom attribute, `<entity>.custom.<key>`, and has to be declared.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome, {{ contact.firstname | default("friend") }}!
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
  "target-variable": {
    severity: "error",
    reason: "A sequence knows its target and the contact, and no other entity.",
    why: "A sequence about a charge is enrolled with one charge. Which deal or appointment would be meant, nobody could say.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: "{{ deal.title }} is not paid yet." }
`,
      right: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: "{{ charge.number }} is not paid yet." }
`,
    },
  },
  "unknown-filter": {
    severity: "error",
    reason: "A filter that does not exist cannot change a value.",
    why: "The filters are an allow-list: `default`, `date`, `time`, `currency`, `number`, `title`, `upper`, `lower`, `truncate` and a few more.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: "{{ charge.amount | money }} is open." }
`,
      right: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: "{{ charge.amount | currency }} is open." }
`,
    },
  },
  expression: {
    severity: "error",
    reason: "A condition that cannot be read decides nothing.",
    why: "`if`, `goal` and triggers hold one condition in the grammar of templates, without braces. Two values are compared with `==`.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
exit: { goal: charge.status = "paid" }
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: Your charge is open. }
`,
      right: `
kind: Sequence
id: billing
target: charge
exit: { goal: charge.status == "paid" }
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: Your charge is open. }
`,
    },
  },
  "blank-variable": {
    severity: "warning",
    reason: "A message with a blank in it is never sent.",
    why: 'Some fields are not known of everyone. Where one that a text needs is blank, the message is held, skipped or fails, as the workspace\'s `on_blank` says; nobody is ever greeted with "Hi ,". A `default` or an `if` around it makes a text that always reads well.',
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: "Hi {{ contact.first_name }}!" }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: "Hi {{ contact.first_name | default('there') }}!" }
`,
    },
  },
  "trigger-target": {
    severity: "error",
    reason: "Only a conversation can fall silent.",
    why: "`inactive` counts from the last message of a conversation. A sequence about a deal or a charge begins with an event, or is enrolled by a service.",
    shown: {
      wrong: `
kind: Sequence
id: check-in
target: deal
triggers: [{ inactive: 2 days }]
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
  "constant-condition": {
    severity: "warning",
    reason: "A condition that is the same for everybody decides nothing.",
    why: "A misspelled status makes a step that nobody gets, or a goal that is never met, so that people who paid are reminded to the end. Told where it is sure: a value that the field cannot have, a number compared with words, a variable compared with itself, two equalities that exclude each other.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
exit: { goal: charge.status == "payed" }
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: Your charge is open. }
`,
      right: `
kind: Sequence
id: billing
target: charge
exit: { goal: charge.status == "paid" }
steps:
  - { id: nudge, wait: 1 day, channel: sms, content: Your charge is open. }
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
