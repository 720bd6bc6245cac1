import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const LINES = 60;

const WORKSPACE = `kind: Workspace
name: Bench
timezone: Europe/Lisbon
quiet_hours: { from: "21:00", to: "08:00" }
channels: { automatic: [email, sms], email: mail, sms: text }
`;
const inbox = (id: string, channel: string) =>
  `kind: Inbox\nid: ${id}\nchannel: ${channel}\nprovider: outbox\nfrom: bench\n`;

/** A valid workspace of that many sequences, 60 lines each, no two alike: names and texts. */
export function* workspaceFiles(sequences: number): Generator<readonly [string, string]> {
  yield ["cadenza.yaml", WORKSPACE];
  yield ["mail.yaml", inbox("mail", "email")];
  yield ["text.yaml", inbox("text", "sms")];
  for (let n = 0; n < sequences; n++) yield [`sequences/reminder-${n}.yaml`, sequence(n)];
}

/** Writes such a workspace. */
export async function writeWorkspace(root: string, sequences: number): Promise<void> {
  await mkdir(join(root, "sequences"), { recursive: true });
  for (const [name, text] of workspaceFiles(sequences)) await writeFile(join(root, name), text);
}

function sequence(n: number): string {
  const lines = [
    "kind: Sequence",
    `id: reminder-${n}`,
    `name: Reminder number ${n}`,
    "description: |",
    "  Reminds of a charge before and after it is due.",
    `  This is number ${n} of many.`,
    "purpose: transactional",
    "target: charge",
    "enroll: { reenroll: after_end, one_per: target }",
    "exit:",
    "  events: [reply, conversation_resolved]",
    '  goal: charge.status == "paid"',
    "defaults:",
    "  channel: email",
    '  at: "09:30"',
    "steps:",
  ];
  for (let step = 0; lines.length < LINES; step++) lines.push(...stepLines(n, step));
  return `${lines.join("\n")}\n`;
}

const WAITS = [
  "3 days before charge.due_on",
  "1 day",
  "3 business days",
  "5 days after charge.due_on",
];

function stepLines(n: number, step: number): string[] {
  return [
    `  - id: step-${step}`,
    `    wait: ${WAITS[step % WAITS.length]}`,
    `    if: charge.status != "paid" and charge.amount > ${n}`,
    "    content:",
    "      type: text",
    `      subject: Charge {{ charge.number }}, note ${n}-${step}`,
    "      body: |",
    `        Hi {{ contact.first_name | default("there") }}, this is note ${n}-${step}.`,
    `        Charge {{ charge.number }} is due on {{ charge.due_on | date }} (${n}).`,
    `        {% if charge.payment_url %}Pay ${n} at {{ charge.payment_url }}.{% endif %}`,
    "    on_failure: { retry: 3, channels: [], then: continue }",
  ];
}
