import type { Lesson } from "./lesson.ts";

/** The workspace, its inboxes and its attributes. */
export const WORKSPACE = {
  "workspace-missing": {
    severity: "error",
    reason: "Without a workspace nobody knows the zone, the hours or the channels.",
    why: "`cadenza.yaml` at the root of the folder says what holds for every sequence. Nothing is published without it.",
    shown: {
      wrong: `
--- # cadenza.yaml
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
`,
    },
  },
  "workspace-duplicate": {
    severity: "error",
    reason: "There is one workspace; with two, which one holds?",
    why: "One server has one workspace. Two teams with rules of their own are two folders, each with its own server.",
    shown: {
      wrong: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
--- # berlin/cadenza.yaml
kind: Workspace
name: Harbour Street Studio, Berlin
timezone: Europe/Berlin
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
zone: contact # who lives in Berlin is written to by Berlin's clock
`,
    },
  },
  "timezone-unknown": {
    severity: "error",
    reason: "Every time of day is read in this zone.",
    why: "Zones are IANA names such as `America/Sao_Paulo`. Abbreviations such as `EST` and offsets such as `-03:00` do not know about daylight saving time.",
    shown: {
      wrong: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Lisbon
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
`,
    },
  },
  "send-hours": {
    severity: "error",
    reason: "Hours that cannot be read would let messages out at night.",
    why: "`quiet_hours` is one span that holds every day; `send_hours` says for each day when messages may go. Only one of them can hold, and a day that `send_hours` does not name is closed.",
    shown: {
      wrong: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
quiet_hours: { from: 9pm, to: 8am }
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
quiet_hours: { from: "21:00", to: "08:00" }
`,
    },
  },
  holidays: {
    severity: "error",
    reason: "Holidays of a country that is not known cannot be kept.",
    why: "`business_days.holidays` takes the two letters of a country (ISO 3166-1) and the code of one of its regions.",
    shown: {
      mend: "Write the country as in `country: BR` and the region as in `region: SP`, or list the days under `extra`.",
    },
    by: "plan",
  },
  "lint-unknown": {
    severity: "warning",
    reason: "A severity that is set for no rule does nothing.",
    why: "`lint` sets the severity of warnings by their names. Errors are not settable: what is in error cannot run.",
    shown: {
      wrong: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
lint: { blank-varable: error }
`,
      right: `
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
lint: { blank-variable: error }
`,
    },
  },
  "inbox-channel": {
    severity: "error",
    reason: "A message leaves through an inbox of its own channel.",
    why: "A channel without an inbox cannot send, and an inbox serves one channel. Where there are several for a channel, the workspace or the step says which. A channel that `automatic` lists and that has no inbox is only a warning: it is never chosen.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, inbox: hello, content: Welcome! }
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, inbox: text, content: Welcome! }
`,
    },
  },
  "inbox-provider": {
    severity: "error",
    reason: "Each provider carries certain channels.",
    why: "SMTP carries email, Twilio text messages and WhatsApp, Meta and a linked phone WhatsApp. `outbox` takes every channel, and keeps what it gets.",
    shown: {
      wrong: `
kind: Inbox
id: news
channel: email
provider: twilio
from: hello@example.com
`,
      right: `
kind: Inbox
id: news
channel: email
provider: outbox
from: hello@example.com
`,
    },
  },
  "literal-secret": {
    severity: "error",
    reason: "A secret in a repository is no secret.",
    why: "Whoever can read the repository, its forks or its backups has it, for good: changing the file does not take it out of the history. Credentials name where the server finds the value. If a real one was committed, change it at the provider.",
    shown: {
      wrong: `
kind: Inbox
id: mail
channel: email
provider: smtp
from: hello@example.com
host: smtp.example.com
credentials: { user: studio, password: correct horse }
`,
      right: `
kind: Inbox
id: mail
channel: email
provider: smtp
from: hello@example.com
host: smtp.example.com
credentials:
  user: \${env:CADENZA_SECRET_MAIL_USER}
  password: \${file:mail-password}
--- # cadenza.yaml
kind: Workspace
name: Harbour Street Studio
timezone: Europe/Lisbon
channels: { email: mail }
`,
    },
  },
  "attribute-conflict": {
    severity: "error",
    reason: "An attribute has one type wherever it is declared.",
    why: "What is stored under a custom attribute keeps its type for good, so two files that disagree cannot both be right.",
    shown: {
      wrong: `
--- # attributes/plan.yaml
kind: CustomAttribute
id: plan
entity: contact
key: plan
type: text
--- # welcome.yaml
kind: Sequence
id: welcome
target: contact
attributes:
  - { entity: contact, key: plan, type: number }
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
      right: `
--- # attributes/plan.yaml
kind: CustomAttribute
id: plan
entity: contact
key: plan
type: text
--- # welcome.yaml
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: Welcome! }
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
