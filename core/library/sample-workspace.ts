import type { SourceFile } from "../language/source.ts";

const outbox = (id: string, channel: string, from: string): SourceFile => ({
  path: `inboxes/${id}.yaml`,
  text: `kind: Inbox\nid: ${id}\nchannel: ${channel}\nprovider: outbox\nfrom: ${from}\n`,
});

/** A workspace with every channel, to show a template in where there is no other. */
export const SAMPLE_WORKSPACE: readonly SourceFile[] = [
  {
    path: "cadenza.yaml",
    text: [
      "kind: Workspace",
      "name: Example",
      "timezone: UTC",
      'quiet_hours: { from: "20:00", to: "08:00" }',
      "channels: { automatic: [whatsapp, email, sms] }",
      "sender: { name: Example, address: 1 Example Street }",
      "",
    ].join("\n"),
  },
  outbox("whatsapp", "whatsapp", '"+15550100100"'),
  outbox("email", "email", "hello@example.com"),
  outbox("sms", "sms", '"+15550100101"'),
];
