import type { Lesson } from "./lesson.ts";

/** What a file must be before anything in it counts. */
export const FILES = {
  "unreadable-file": {
    severity: "error",
    reason: "A file that cannot be read as text cannot be reviewed.",
    why: "Only regular files of UTF-8 text are read. Links and submodules are not followed, because they could lead out of the repository; a pointer of git LFS is not the file it stands for.",
    shown: {
      mend: "Save the file as UTF-8, and commit the file itself instead of a link, a submodule or an LFS pointer.",
    },
  },
  "file-too-big": {
    severity: "error",
    reason: "A cadence is a few kilobytes; what is far larger is something else.",
    why: "Files of pull requests come from anyone, so what one may cost to read is bounded: its size, its lines, its brackets and its values.",
    shown: { mend: "Split the file: one resource a file is the rule anyway." },
  },
  "too-many-findings": {
    severity: "error",
    reason: "Behind several hundred findings in one file there is one cause.",
    why: "The findings that are not shown may hold errors, so the file does not pass.",
    shown: { mend: "Mend the first few; the others often go with them." },
  },
  "yaml-syntax": {
    severity: "error",
    reason: "What is not YAML cannot be read at all.",
    why: 'The usual cause is a text that YAML takes for something else: one that begins with `{{`, `*`, `&`, `@` or `%`, or that holds `": "`. Put such a text in quotes, or write it below a `|`.',
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: {{ contact.first_name | default("Hello") }}, welcome!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    channel: sms
    content: '{{ contact.first_name | default("Hello") }}, welcome!'
`,
    },
  },
  "yaml-unsafe": {
    severity: "error",
    reason: "Some of YAML can hide what a file says, or cost without end.",
    why: "Anchors and aliases can make a small file enormous, tags and directives change what values mean, and some characters reorder what a reviewer reads. None of them is needed here: `defaults` holds what steps have in common.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - { id: hello, wait: immediately, channel: sms, content: &text "Welcome!" }
  - { id: again, wait: 1 day, channel: sms, content: *text }
`,
      right: `
kind: Sequence
id: welcome
target: contact
defaults: { channel: sms }
steps:
  - { id: hello, wait: immediately, content: Welcome! }
  - { id: again, wait: 1 day, content: Are you all set up? }
`,
    },
  },
  "duplicate-key": {
    severity: "error",
    reason: "Of two keys of one name, the second wins silently.",
    why: "Most readers of YAML drop the first value without a word, and a reviewer who reads from the top sees the one that does not count.",
    shown: {
      wrong: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: immediately
    wait: 3 days
    channel: sms
    content: Welcome!
`,
      right: `
kind: Sequence
id: welcome
target: contact
steps:
  - id: hello
    wait: 3 days
    channel: sms
    content: Welcome!
`,
    },
  },
  "kind-missing": {
    severity: "error",
    reason: "A file says what it is.",
    why: "Every YAML file below `cadenza.yaml` is a resource, and `kind` says which. Without it a mistyped file would be passed over, and nobody would notice that a sequence is missing.",
    shown: {
      wrong: `
id: texts
channel: sms
provider: outbox
from: "+12025550101"
`,
      right: `
kind: Inbox
id: texts
channel: sms
provider: outbox
from: "+12025550101"
`,
    },
  },
  "kind-unknown": {
    severity: "error",
    reason: "A kind that does not exist would be passed over.",
    why: "The kinds are a closed list. Files of other tools belong in another folder, or in one whose name begins with a dot.",
    shown: {
      wrong: `
kind: Sequense
id: welcome
target: contact
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
} as const satisfies Readonly<Record<string, Lesson>>;
