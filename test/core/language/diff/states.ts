import { compile } from "../../../../core/language/index.ts";
import {
  diffWorkspaces,
  type State,
  type WorkspaceDiff,
} from "../../../../core/language/diff/index.ts";

/** A workspace that each test changes a line of. */
export const FILES: Readonly<Record<string, string>> = {
  "cadenza.yaml": `kind: Workspace
name: Harbour
timezone: Europe/Lisbon
quiet_hours: { from: "21:00", to: "08:00" }
channels: { automatic: [email, sms], email: mail, sms: text }
`,
  "mail.yaml": "kind: Inbox\nid: mail\nchannel: email\nprovider: outbox\nfrom: hi@example.com\n",
  "text.yaml": "kind: Inbox\nid: text\nchannel: sms\nprovider: outbox\nfrom: '+15550100'\n",
  "shared.yaml": `kind: MessageTemplate
id: shared
subject: A word about your visit
body: We would love to hear how everything went yesterday.
`,
  "visit.yaml": `kind: Sequence
id: visit
name: Visit
target: contact
attributes:
  - { entity: contact, key: plan, type: text }
steps:
  - id: hello
    wait: immediately
    channel: email
    content:
      subject: Welcome aboard
      body: Hello {{ contact.first_name | default("there") }}, welcome aboard our little harbour.
  - id: ask
    wait: 3 days
    channel: email
    content: { message: shared }
  - id: bye
    wait: 5 business days
    at: "09:30"
    channel: sms
    content: "Goodbye and thanks, your {{ contact.custom.plan | default('plan') }} ends tomorrow evening."
`,
};

/** The same with some files changed; null: gone. */
export function stateOf(changes: Readonly<Record<string, string | null>> = {}): State {
  const files = Object.entries({ ...FILES, ...changes }).flatMap(([path, text]) =>
    text === null ? [] : [{ path, text }],
  );
  const { sequences, attributes, workspace, inboxes, diagnostics } = compile(files);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  return { files, sequences, attributes, workspace, inboxes };
}

/** What replacing a text of one file does. */
export function diffOf(file: string, from: string | RegExp, to: string): WorkspaceDiff {
  const before = FILES[file] ?? "";
  const text = before.replace(from, to);
  if (text === before) throw new Error(`${String(from)} is not in ${file}`);
  return diffWorkspaces(stateOf(), stateOf({ [file]: text }));
}

/** The one sequence that most tests are about. */
export function visitIn({ sequences }: WorkspaceDiff) {
  const found = sequences.find(({ id }) => id === "visit");
  if (found === undefined) throw new Error("there is no visit");
  return found;
}
