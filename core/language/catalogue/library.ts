import type { Lesson } from "./lesson.ts";

/** Sequence templates, and the personas that show them. */
export const LIBRARY = {
  "unknown-parameter": {
    severity: "error",
    reason: "A parameter that nobody is asked for stays a hole in the text.",
    why: "Every `${name}` in a template is one of its `parameters`. What is misspelled would reach people as it stands.",
    shown: {
      wrong: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  business: { type: text, description: What the business is called., example: Harbour Street Studio }
steps:
  - { id: ask, wait: 1 day, channel: sms, content: "How was it at \${buisness}? \${business}" }
`,
      right: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  business: { type: text, description: What the business is called., example: Harbour Street Studio }
steps:
  - { id: ask, wait: 1 day, channel: sms, content: "How was it at \${business}?" }
`,
    },
  },
  "unused-parameter": {
    severity: "warning",
    reason: "Whoever applies a template is asked for something that has no effect.",
    why: "A parameter that stands nowhere is a leftover, or its place in the text was forgotten.",
    shown: {
      wrong: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  business: { type: text, description: What the business is called., example: Harbour Street Studio }
  link: { type: link, description: Where to write the review., example: "https://example.com/r" }
steps:
  - { id: ask, wait: 1 day, channel: sms, content: "How was it at \${business}?" }
`,
      right: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  business: { type: text, description: What the business is called., example: Harbour Street Studio }
  link: { type: link, description: Where to write the review., example: "https://example.com/r" }
steps:
  - { id: ask, wait: 1 day, channel: sms, content: "How was it at \${business}? \${link}" }
`,
    },
  },
  "parameter-place": {
    severity: "error",
    reason: "A text that is put into code would be read as code.",
    why: "Within `{{ … }}`, `{% … %}` and conditions a text parameter needs quotes around it, as any text there does. Numbers and true or false stand as they are.",
    shown: {
      wrong: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  friend: { type: text, description: How to call someone without a name., example: friend }
steps:
  - { id: ask, wait: 1 day, channel: sms, content: "Hi {{ contact.first_name | default(\${friend}) }}!" }
`,
      right: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  friend: { type: text, description: How to call someone without a name., example: friend }
steps:
  - { id: ask, wait: 1 day, channel: sms, content: "Hi {{ contact.first_name | default('\${friend}') }}!" }
`,
    },
  },
  "parameter-value": {
    severity: "error",
    reason: "A default or an example is a value of the parameter's own type.",
    why: "Both are filled in to check and to show the template, and a default is what people get who give nothing. A text is one line without braces, a link begins with https, a choice is one of its options.",
    shown: {
      wrong: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  first_wait: { type: duration, description: How long it waits., default: a day }
steps:
  - { id: ask, wait: "\${first_wait}", channel: sms, content: How was it? }
`,
      right: `
kind: SequenceTemplate
id: review
name: Review request
niche: local services
target: contact
parameters:
  first_wait: { type: duration, description: How long it waits., default: 1 day }
steps:
  - { id: ask, wait: "\${first_wait}", channel: sms, content: How was it? }
`,
    },
  },
  "persona-attribute": {
    severity: "warning",
    reason: "No text can use an attribute that nothing declares.",
    why: "A persona shows what real contacts are like. A custom attribute that no file declares is misspelled, or its declaration is missing.",
    shown: {
      wrong: `
kind: Persona
id: ana
contact: { first_name: Ana, custom: { plan: gold } }
`,
      right: `
--- # personas/ana.yaml
kind: Persona
id: ana
contact: { first_name: Ana, custom: { plan: gold } }
--- # attributes/plan.yaml
kind: CustomAttribute
id: plan
entity: contact
key: plan
type: text
`,
    },
  },
  "persona-time": {
    severity: "error",
    reason: "A date that cannot be read leaves every step that waits for it without a time.",
    why: "A persona's dates are days, instants, or relative to the start of the preview: `+3 days 10:00`, `-2 hours`.",
    shown: {
      wrong: `
kind: Persona
id: ana
contact: { first_name: Ana }
appointment: { starts_at: tomorrow at 10 }
`,
      right: `
kind: Persona
id: ana
contact: { first_name: Ana }
appointment: { starts_at: +1 day 10:00 }
`,
    },
  },
} as const satisfies Readonly<Record<string, Lesson>>;
