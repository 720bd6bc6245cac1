/** Mails whose fate is unknown are held for a person; text messages are sent again. */
export const SEQUENCES = { welcome: "email", nudge: "sms" } as const;

/** The files of one commit: nothing in them is as it was in the one before, but what it is about. */
export function edition(number: number): Record<string, string> {
  const sequences = Object.entries(SEQUENCES).map(([id, channel]) => [
    `sequences/${id}.yaml`,
    sequenceFile(id, channel, number),
  ]);
  return {
    "cadenza.yaml": `kind: Workspace\nname: Test ${number}\ntimezone: UTC\n`,
    "inboxes/mail.yaml": inboxFile("mail", "email", "hold"),
    "inboxes/text.yaml": inboxFile("text", "sms", "resend"),
    ...Object.fromEntries(sequences),
  };
}

function inboxFile(id: string, channel: string, onUnknown: string): string {
  const from = channel === "email" ? "Test <hello@example.com>" : "+15550199";
  return `kind: Inbox
id: ${id}
channel: ${channel}
provider: outbox
from: "${from}"
concurrency: 2
on_unknown: ${onUnknown}
`;
}

function sequenceFile(id: string, channel: string, number: number): string {
  const subject = channel === "email" ? "subject: Hello, " : "";
  const step = (name: string) => `  - id: ${name}
    wait: immediately
    content: { ${subject}body: "The ${name} message of edition ${number}." }
`;
  return `kind: Sequence
id: ${id}
purpose: transactional
target: contact
defaults: { channel: ${channel} }
steps:
${step("first")}${step("second")}`;
}
