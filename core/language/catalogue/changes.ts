import type { Lesson } from "./lesson.ts";

/** What only a comparison with the branch shows. */
export const CHANGES = {
  "merge-conflict": {
    severity: "error",
    reason: "Where both sides changed the same lines, nobody knows the result.",
    why: "`plan` tells what the branch will hold after the merge. Where git cannot merge, there is no such thing yet.",
    shown: { mend: "Merge or rebase onto the branch, settle the conflict, and push." },
    by: "plan",
  },
  "empty-tree": {
    severity: "warning",
    reason: "A server that finds no cadences at all waits, instead of retiring everything.",
    why: "A folder that was renamed and a workspace that was deleted look the same to a server. It publishes nothing until an operator says that this is meant.",
    shown: {
      mend: "Where the folder moved, start the server with another `--path`. Where everything is to go, merge, and then `cadenza reconcile --acknowledge <the merge commit>`.",
    },
    by: "plan",
  },
  "retire-guard": {
    severity: "warning",
    reason: "A change that retires many sequences at once is held until an operator agrees.",
    why: "Files that vanish by mistake, in a merge or by a moved folder, would end cadences that people are on. More than `retire_guard` in `cadenza.yaml` allows (3 unless told) is not published by itself.",
    shown: {
      mend: "Retire fewer in one commit, raise `retire_guard`, or merge, and then `cadenza reconcile --acknowledge <the merge commit>`.",
    },
    by: "plan",
  },
  "target-changed": {
    severity: "warning",
    reason: "Whoever enrolls the old kind of target is refused from then on.",
    why: "Services enroll a sequence with a target of its type. A sequence that is about something else is another sequence: it needs another id.",
    shown: {
      before: `
kind: Sequence
id: follow-up
target: deal
steps:
  - { id: ask, wait: 2 days, channel: sms, content: Any questions? }
`,
      wrong: `
kind: Sequence
id: follow-up
target: contact
steps:
  - { id: ask, wait: 2 days, channel: sms, content: Any questions? }
`,
      right: `
--- # follow-up.yaml
kind: Sequence
id: follow-up
target: deal
steps:
  - { id: ask, wait: 2 days, channel: sms, content: Any questions? }
--- # contact-follow-up.yaml
kind: Sequence
id: contact-follow-up
target: contact
steps:
  - { id: ask, wait: 2 days, channel: sms, content: Any questions? }
`,
    },
    by: "plan",
  },
  "step-removed": {
    severity: "warning",
    reason: "People on earlier versions may still stand on this step.",
    why: "They finish on their own version, with the old text. `cadenza migrate --map` moves them; a step that was only reworded should keep its id.",
    shown: {
      before: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome to the studio! }
  - { id: tips, wait: 3 days, content: Three things that we wish we had known before. }
`,
      wrong: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome to the studio! }
  - { id: advice, wait: 3 days, content: Three things that we wish we had known before. }
`,
      right: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome to the studio! }
  - { id: tips, wait: 3 days, content: Four things that we wish we had known before. }
`,
    },
    by: "plan",
  },
  "step-reused": {
    severity: "warning",
    reason: "History, migrations and the funnel follow a step's id.",
    why: "A step that keeps its id and says another thing makes old and new messages look like one. Who has had the old one is never sent the new one after a migration, because a sent step never repeats.",
    shown: {
      before: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: second, wait: 3 days, channel: sms, content: Three things that we wish we had known before. }
`,
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: second, wait: 20 days, channel: sms, content: Your trial month ends soon. Stay with us? }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: second, wait: 3 days, channel: sms, content: Three things that we wish we had known before. }
  - { id: trial-ends, wait: 17 days, channel: sms, content: Your trial month ends soon. Stay with us? }
`,
    },
    by: "plan",
  },
  "channel-changed": {
    severity: "warning",
    reason: "Contacts may have no address there, or may not have agreed to it.",
    why: "Another channel is another address, another inbox and often another consent. It deserves a second look, and the approval of whoever answers for it.",
    shown: {
      before: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: email, content: { subject: Welcome, body: Good to have you. } }
`,
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Good to have you. }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: email, content: { subject: Welcome!, body: Good to have you. } }
`,
    },
    by: "plan",
  },
  "wait-shortened": {
    severity: "warning",
    reason: "People are written to sooner than they were.",
    why: "Shorter waits are what contacts complain about. Who is under way keeps the old wait; everyone who enrolls from now on has the new one.",
    shown: {
      before: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 3 days, channel: sms, content: How is it going? }
`,
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 1 day, channel: sms, content: How is it going? }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: 4 days, channel: sms, content: How is it going? }
`,
    },
    by: "plan",
  },
  "variable-newly-required": {
    severity: "warning",
    reason: "Where this is blank, a message that went out before goes out no longer.",
    why: "The text did without the variable until now. Of contacts whose value is not known, the message is held, skipped or fails.",
    shown: {
      before: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: "Welcome, {{ contact.first_name }}!" }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: "Welcome, {{ contact.first_name | default('friend') }}!" }
`,
    },
    by: "plan",
  },
  "attribute-type-changed": {
    severity: "error",
    reason: "What is stored under an attribute keeps its type.",
    why: "A custom attribute is never dropped and never changes its type: values of the old type are there already, and every text that shows them was written for it. The commit is refused when it is published.",
    shown: {
      before: `
kind: CustomAttribute
id: since
entity: contact
key: since
type: text
`,
      wrong: `
kind: CustomAttribute
id: since
entity: contact
key: since
type: date
`,
      right: `
--- # since.yaml
kind: CustomAttribute
id: since
entity: contact
key: since
type: text
--- # since-date.yaml
kind: CustomAttribute
id: since-on
entity: contact
key: since_on
type: date
`,
    },
    by: "plan",
  },
} as const satisfies Readonly<Record<string, Lesson>>;
