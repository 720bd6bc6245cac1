import { compile } from "../../core/language/index.ts";
import type { Db } from "../../store/database.ts";
import { publishWorkspace } from "../../test/support/harness.ts";
import { publishVersion } from "../../test/support/rows.ts";

/** The steps of the sequence that every enrollment of a benchmark is on. */
export const STEPS = ["notice", "nudge", "last"] as const;
export const SEQUENCE = "billing-reminder";

/** A workspace as people write them: the contact's zone, sending hours, holidays, variables with filters. */
const FILES = {
  "cadenza.yaml": `kind: Workspace
id: bench
name: Bench
timezone: Europe/Berlin
zone: contact
business_days: { week: [mon, tue, wed, thu, fri], holidays: { country: DE } }
quiet_hours: { from: "21:00", to: "08:00" }
channels: { automatic: [email], email: mail }
sender: { name: Bench, address: "1 Example Street" }
`,
  "inbox.yaml": `kind: Inbox
id: mail
channel: email
provider: outbox
from: billing@example.com
concurrency: 100
`,
  "sequence.yaml": `kind: Sequence
id: ${SEQUENCE}
name: Billing reminder
purpose: transactional
target: charge
exit: { events: [reply], goal: charge.status == "paid" }
defaults: { channel: email }
steps:
  - id: notice
    wait: immediately
    content:
      subject: Charge {{ charge.number | default("") }}
      body: |
        Hi {{ contact.first_name | default("there") }},

        charge {{ charge.number | default("") }} of {{ charge.amount | currency(charge.currency) }} is due on
        {{ charge.due_on | date }}. {% if charge.payment_url %}Pay it at {{ charge.payment_url }}.{% endif %}
  - id: nudge
    wait: 30 days
    if: charge.status != "paid"
    content:
      subject: Charge {{ charge.number | default("") }} is waiting
      body: |
        Hello {{ contact.first_name | default("there") }}, charge {{ charge.number | default("") }}
        of {{ charge.amount | currency(charge.currency) }} was due on {{ charge.due_on | date }}.
  - id: last
    wait: 30 days
    content:
      subject: Charge {{ charge.number | default("") }}, again
      body: Dear {{ contact.name | default("customer") }}, please look at {{ charge.payment_url }}.
`,
};

/**
 * Compiles and publishes it, by the same code that a controller uses to compile.
 * @param now epoch ms
 */
export async function publishBenchWorkspace(db: Db, now: number): Promise<void> {
  const files = Object.entries(FILES).map(([path, text]) => ({ path, text }));
  const { workspace, inboxes, sequences, diagnostics } = compile(files);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (workspace === null || errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  await publishWorkspace(db, workspace, inboxes, now);
  for (const { document } of sequences) await publishVersion(db, document, 1, now);
}
