import type { Lesson } from "./lesson.ts";

/** Scenarios: what a test says must make sense before it is run. */
export const SCENARIOS = {
  "scenario-data": {
    severity: "error",
    reason: "A scenario needs somebody who has what the sequence is about.",
    why: "A test enrolls a persona, or the `contact` it gives itself. A sequence about a charge needs one with a charge: nobody else can be enrolled in production either.",
    shown: {
      wrong: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
expect: { state: completed }
`,
      right: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
expect: { state: completed }
`,
    },
  },
  "scenario-time": {
    severity: "error",
    reason: "A moment that cannot be read, or lies before the start, never comes.",
    why: "Moments count from the start (`+3 hours`, `+2 days 10:00`), are local times in the zone of the enrollment (`2026-03-04T10:00`), or instants with an offset. The start itself is no relative one.",
    shown: {
      wrong: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: tomorrow at 10, event: reply }
expect: { state: completed }
`,
      right: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: +1 day 10:00, event: reply }
expect: { state: completed }
`,
    },
  },
  "scenario-event": {
    severity: "error",
    reason: "A moment at which nothing happens proves nothing.",
    why: "Each entry of `given` is one event, `reply`, `opt_out` or `resolve`, or sets data.",
    shown: {
      wrong: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: +1 day, event: set }
expect: { state: completed }
`,
      right: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: +1 day, set: { charge.status: paid } }
expect: { state: completed }
`,
    },
  },
  "scenario-value": {
    severity: "error",
    reason: "A scenario sets only what a service could set.",
    why: "A value has the type of its variable, and ids and what belongs to the workspace do not change. Production would refuse it.",
    shown: {
      wrong: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: +1 day, set: { charge.amount: much } }
expect: { state: completed }
`,
      right: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
given:
  - { at: +1 day, set: { charge.amount: 90 } }
expect: { state: completed }
`,
    },
  },
  "scenario-step": {
    severity: "error",
    reason: "A step that the sequence does not have is never sent.",
    why: "The step was renamed, or it is misspelled in the test.",
    shown: {
      wrong: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
expect: { messages: [{ step: notise }] }
`,
      right: `
--- # sequences/reminder.yaml
kind: Sequence
id: reminder
target: charge
steps:
  - { id: notice, wait: immediately, channel: sms, content: Your charge is open. }
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+15550100123" }
charge: { number: "7", status: pending }
--- # tests/reminded.yaml
kind: SequenceTest
id: reminded
sequence: reminder
persona: ana
start: 2026-03-02T09:00
expect: { messages: [{ step: notice }] }
`,
    },
  },
  scenario: {
    severity: "error",
    reason: "A scenario went another way than its test expects.",
    why: "The sequence, or what it runs on, changed: what is sent, when, or how it ends. Either the change is wrong, or the test is out of date.",
    by: "test",
    shown: {
      mend: "Read what happened below the finding. Mend the sequence, or write into the test what is meant now; `cadenza test --update` writes snapshots.",
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
