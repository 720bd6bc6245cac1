import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { checkFile, type Kind } from "../../schemas/index.ts";

/** Each error as `path keyword detail`, which is enough to word a message. */
function faults(kind: Kind, yaml: string): string[] {
  return checkFile(kind, parse(yaml)).map((error) => {
    const detail = Object.values(error.params)[0];
    return `${error.instancePath} ${error.keyword} ${JSON.stringify(detail)}`.trim();
  });
}

const BILLING = `
kind: Sequence
id: billing-reminder
name: Billing reminder
purpose: transactional
target: charge
attributes:
  - { entity: contact, key: preferred_name, type: text }
enroll: { reenroll: after_end, one_per: target }
triggers:
  - { event: charge.overdue, if: charge.amount > 10 }
  - { inactive: 2 days }
exit:
  events: [reply, conversation_resolved]
  goal: charge.status == "paid"
defaults: { channel: whatsapp, at: "09:30" }
steps:
  - id: notice
    wait: 3 days before charge.due_on
    content: Hi {{ contact.first_name | default("there") }}, charge {{ charge.number }} is due on {{ charge.due_on | date }}.
    outside_window:
      template: charge-due
      parameters: ["{{ contact.first_name | default('there') }}", "{{ charge.number }}"]
  - id: nudge
    wait: 1 day
    if: charge.status != "paid"
    channel: automatic
    inbox: support
    content: { message: charge-nudge }
    on_failure: { retry: 5, channels: [sms, email], then: continue }
  - id: last
    wait: 3 business days
    channel: email
    compose: ai_assisted
    ai: { intent: "Ask", tone: "warm", max_characters: 600 }
    content:
      type: text
      subject: Your charge {{ charge.number }}
      body: The static text, which is also the fallback.
      channels: { sms: { body: "Short" } }
      languages: { pt-BR: { subject: "Sua", body: "Texto" } }
`;

const step = (content: string) => `
kind: Sequence
id: a
target: charge
steps:
  - { id: one, wait: 1 day, content: ${content} }
`;

describe("a Sequence", () => {
  it("may use the whole language", () => {
    expect(faults("Sequence", BILLING)).toEqual([]);
  });

  it.each([
    ["a string", "Hello"],
    ["text without a type", "{ subject: Hi, body: Hello }"],
    ["a shared message", "{ message: nudge }"],
    ["text for single channels only", "{ type: text, channels: { sms: { body: Hello } } }"],
    [
      "a template with a list",
      '{ type: template, template: due, parameters: ["{{ charge.number }}"] }',
    ],
    ["a template with a map", '{ type: template, template: due, parameters: { number: "7" } }'],
    ["a template without parameters", "{ type: template, template: due }"],
    [
      "rich content",
      "{ type: rich, markdown: '**Hi**', buttons: [{ text: Pay, url: https://example.com }] }",
    ],
    [
      "rich content by language",
      "{ type: rich, markdown: Hi, languages: { de: { channels: { sms: { markdown: Hallo } } } } }",
    ],
  ])("takes %s as content", (_, content) => {
    expect(faults("Sequence", step(content))).toEqual([]);
  });

  it.each([
    ["5", '/steps/0/content type ["string","object"]'],
    ["[Hello]", '/steps/0/content type ["string","object"]'],
    ["''", "/steps/0/content minLength 1"],
    ["{}", "/steps/0/content minProperties 1"],
    ["{ type: txt, body: Hi }", '/steps/0/content/type enum ["text","template","rich"]'],
    ["{ bodyy: Hi }", '/steps/0/content additionalProperties "bodyy"'],
    ["{ type: text, markdown: Hi }", '/steps/0/content additionalProperties "markdown"'],
    ["{ message: a, body: Hi }", '/steps/0/content additionalProperties "body"'],
    ["{ type: rich }", '/steps/0/content required "markdown"'],
    ["{ type: template }", '/steps/0/content required "template"'],
    [
      "{ type: template, template: a, parameters: one }",
      '/steps/0/content/parameters type ["array","object"]',
    ],
    [
      "{ type: template, template: a, parameters: [7] }",
      '/steps/0/content/parameters/0 type "string"',
    ],
    [
      "{ body: Hi, channels: { fax: { body: Hi } } }",
      '/steps/0/content/channels additionalProperties "fax"',
    ],
    [
      "{ body: Hi, languages: { p: { body: Hi } } }",
      '/steps/0/content/languages additionalProperties "p"',
    ],
  ])("answers content %s with the one fault that was meant", (content, fault) => {
    expect(faults("Sequence", step(content))).toEqual([fault]);
  });

  it.each([
    ["{}", '/triggers/0 required "event"'],
    ["{ event: a, inactive: 2 days }", '/triggers/0 additionalProperties "inactive"'],
    ["reply", '/triggers/0 type "object"'],
  ])("answers trigger %s with one fault", (trigger, fault) => {
    const yaml = BILLING.replace("{ event: charge.overdue, if: charge.amount > 10 }", trigger);
    expect(faults("Sequence", yaml)).toEqual([fault]);
  });

  it("reports everything at once", () => {
    const yaml =
      "kind: Sequence\nid: Bad Id\ntarget: invoice\nstep: []\nsteps: [{ id: one, waits: 1 day }]";
    expect(faults("Sequence", yaml)).toEqual([
      'additionalProperties "step"',
      '/id pattern "^[a-z0-9][a-z0-9-]{0,62}$"',
      '/target enum ["contact","conversation","deal","appointment","charge"]',
      '/steps/0 required "wait"',
      '/steps/0 required "content"',
      '/steps/0 additionalProperties "waits"',
    ]);
  });
});

describe("an Inbox", () => {
  it.each([
    [
      "smtp",
      "channel: email\nfrom: a@example.com\nhost: mail.example.com\nport: 587\nsecure: false",
    ],
    ["twilio", "channel: sms\ncredentials: { messaging_service_sid: '${env:CADENZA_SECRET_MG}' }"],
    ["meta", "channel: whatsapp\ncredentials: { phone_number_id: '${file:id}' }"],
    ["whatsapp_web", "channel: whatsapp\nurl: https://wa.example.com"],
    [
      "outbox",
      "channel: sms\non_unknown: resend\nconcurrency: 4\nrate_limit: { messages: 1, per: 1 minute }",
    ],
  ])("may be %s", (provider, rest) => {
    expect(faults("Inbox", `kind: Inbox\nid: a\nprovider: ${provider}\n${rest}`)).toEqual([]);
  });

  it.each([
    [
      "kind: Inbox\nid: a\nchannel: email\nprovider: smpt\nfrom: x",
      '/provider enum ["smtp","twilio","meta","whatsapp_web","outbox"]',
    ],
    ["kind: Inbox\nid: a\nchannel: email", 'required "provider"'],
    ["kind: Inbox\nid: a\nchannel: sms\nprovider: smtp\nfrom: x", '/channel const "email"'],
    [
      "kind: Inbox\nid: a\nchannel: fax\nprovider: outbox",
      '/channel enum ["email","sms","whatsapp"]',
    ],
    [
      "kind: Inbox\nid: a\nchannel: sms\nprovider: twilio\ncredentials: { token: x }",
      '/credentials additionalProperties "token"',
    ],
    [
      "kind: Inbox\nid: a\nchannel: sms\nprovider: outbox\nhost: evil.example.com",
      'additionalProperties "host"',
    ],
  ])("answers %j with one fault", (yaml, fault) => {
    expect(faults("Inbox", yaml)).toEqual([fault]);
  });
});

describe("a MessageTemplate", () => {
  it.each(["body: Hi", "type: text\nsubject: S\nbody: Hi", "type: rich\nmarkdown: '**Hi**'"])(
    "may be %j",
    (rest) => {
      expect(faults("MessageTemplate", `kind: MessageTemplate\nid: a\n${rest}`)).toEqual([]);
    },
  );

  it("must be text or rich", () => {
    expect(faults("MessageTemplate", "kind: MessageTemplate\nid: a\ntype: html\nbody: x")).toEqual([
      '/type enum ["text","rich"]',
    ]);
  });
});

describe("a Persona", () => {
  it("may tell times from the start, and its own fields only", () => {
    const yaml = `
kind: Persona
id: ana
contact: { first_name: Ana, fax: "1", phone: 555-0100 }
appointment: { starts_at: +3 days 10:00, status: scheduled, custom: { room: 4 } }
charge: { due_on: "-2 days", status: late }
`;
    expect(faults("Persona", yaml)).toEqual([
      '/contact additionalProperties "fax"',
      '/contact/phone pattern "^\\\\+[1-9]\\\\d{6,14}$"',
      '/charge/status enum ["pending","overdue","paid","canceled","refunded"]',
    ]);
  });
});

describe("any kind", () => {
  const kinds: Kind[] = [
    "Workspace",
    "Inbox",
    "CustomAttribute",
    "MessageTemplate",
    "WhatsAppTemplate",
    "Sequence",
    "Persona",
  ];

  it.each(kinds)("%s refuses what is no mapping", (kind) => {
    for (const value of [null, 7, "text", [], true]) expect(checkFile(kind, value).length).toBe(1);
  });

  it.each(kinds)("%s refuses keys that it does not know, whatever they are called", (kind) => {
    for (const key of ["__proto__", "constructor", "toString", "$schema", "unknown"]) {
      const value = JSON.parse(
        `{"kind":"${kind}","id":"a","provider":"outbox",${JSON.stringify(key)}:{"a":1}}`,
      );
      expect(checkFile(kind, value).map((error) => error.params["additionalProperty"])).toContain(
        key,
      );
    }
  });
});
