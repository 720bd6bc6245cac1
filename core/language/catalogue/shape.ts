import type { Lesson } from "./lesson.ts";

/** What the schemas hold: keys, types and forms. */
export const SHAPE = {
  "unknown-key": {
    severity: "error",
    reason: "A mistyped key would do nothing, silently.",
    why: "Keys are a closed list everywhere. `wiat: 3 days` that counts for nothing sends a message three days early; so what is not known is refused.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: 1 day
    chanel: sms
    content: Welcome!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: 1 day
    channel: sms
    content: Welcome!
`,
    },
  },
  "missing-key": {
    severity: "error",
    reason: "Without this key nobody knows what is meant.",
    why: "Some keys have no default because every default would surprise someone: when a step is sent, what it says, whom a sequence is about.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    channel: sms
    content: Welcome!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: Welcome!
`,
    },
  },
  "wrong-type": {
    severity: "error",
    reason: "YAML reads some texts as numbers: 1.10 as 1.1, 012 as 12.",
    why: "Where text is wanted, a bare number has lost its form before anyone sees it, and where a list is wanted a single value is a slip. Put texts that look like numbers in quotes.",
    shown: {
      wrong: `
kind: Persona
id: ana
contact: { first_name: Ana, phone: +12025550110 }
`,
      right: `
kind: Persona
id: ana
contact: { first_name: Ana, phone: "+12025550110" }
`,
    },
  },
  "not-allowed": {
    severity: "error",
    reason: "The value is none of those that can stand here.",
    why: "Channels, targets, types and the like are closed lists, so that a misspelled one is told here and not at the first send.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: customer
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
    },
  },
  schema: {
    severity: "error",
    reason: "A value has a form: an id, a phone number, a length.",
    why: "Ids stand in addresses and logs, phone numbers go to providers, limits keep one file from costing what a thousand do. What does not fit the form would fail later, where nobody looks.",
    shown: {
      wrong: `
kind: Sequence
id: Welcome Mails
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
      right: `
kind: Sequence
id: welcome-mails
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
    },
  },
  "duplicate-id": {
    severity: "error",
    reason: "A resource is its kind and its id; two of them are one too many.",
    why: "Identity is `(kind, id)` and never the path: enrollments and other files refer to it. With two of one id, which one they mean would depend on the order of the files.",
    shown: {
      wrong: `
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana }
--- # personas/ana-without-name.yaml
kind: Persona
id: ana
contact: { email: ana@example.com }
`,
      right: `
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana }
--- # personas/ana-without-name.yaml
kind: Persona
id: ana-without-name
contact: { email: ana@example.com }
`,
    },
  },
  "duplicate-step-id": {
    severity: "error",
    reason: "A step's id is its identity within the sequence.",
    why: "History, migrations and the rule that a sent step never repeats all go by the id. Two steps of one id would be one step to them.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome! }
  - { id: hello, wait: 3 days, content: How is it going? }
`,
      right: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome! }
  - { id: how-is-it, wait: 3 days, content: How is it going? }
`,
    },
  },
  "unknown-reference": {
    severity: "error",
    reason: "What is named must exist.",
    why: "A step that names an inbox or a template that is not there could never be sent. References go by id, not by path or name.",
    shown: {
      wrong: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: sms, inbox: texts, content: Your charge is open. }
`,
      right: `
kind: Sequence
id: billing
target: charge
steps:
  - { id: nudge, wait: 1 day, channel: sms, inbox: text, content: Your charge is open. }
`,
    },
  },
  "number-like-text": {
    severity: "warning",
    reason: "A text that YAML takes for a number is sent as the number: 1.10 as 1.1.",
    why: "YAML decides by its looks what a value without quotes is: `1.10` is the number 1.1, `007` is 7, `1e3` is 1000, `0x1F` is 31; `yes`, `no`, `on` and `off` are texts, which count as true. Where only text may stand, such a value is refused. Custom attributes and the values of parameters may be of any type; there only the type that is declared shows what was meant.",
    shown: {
      wrong: `
--- # release.yaml
kind: CustomAttribute
id: release
entity: contact
key: release
type: text
--- # ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, custom: { release: 1.10 } }
`,
      right: `
--- # release.yaml
kind: CustomAttribute
id: release
entity: contact
key: release
type: text
--- # ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, custom: { release: "1.10" } }
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
