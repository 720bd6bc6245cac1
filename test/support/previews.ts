import { caseOf, type PreviewCase } from "../../cli/previews.ts";
import { fits, workspaceOf } from "../../cli/workspace.ts";
import type { Workspace } from "../../core/enrollment/index.ts";
import { compile } from "../../core/language/index.ts";

export interface Previewed {
  readonly cases: readonly PreviewCase[];
  readonly workspace: Workspace;
}

/**
 * Previews of a workspace that is given as texts.
 * @param start ISO 8601
 */
export async function previewsOf(
  files: Readonly<Record<string, string>>,
  start: string,
): Promise<Previewed> {
  const compiled = compile(Object.entries(files).map(([path, text]) => ({ path, text })));
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 2));
  const workspace = await workspaceOf(compiled);
  const cases = compiled.sequences.flatMap((version) =>
    compiled.personas
      .filter((persona) => fits(version, persona))
      .map((persona) => caseOf(version, persona, workspace, Date.parse(start))),
  );
  return { cases, workspace };
}

const LONG = "W".repeat(10_000);
const EVIL = `<script>parent.document.title="pwned"</script></iframe>"onload="document.title='pwned'" \u202Egnp.exe`;
const yaml = JSON.stringify;

/** Names, texts and data that try to get out of where they are put. */
export const HOSTILE: Readonly<Record<string, string>> = {
  "cadenza.yaml": `
kind: Workspace
name: ${yaml(`Evil ${EVIL}`)}
timezone: UTC
channels: { automatic: [email], email: mail, sms: text, whatsapp: desk }
sender: { name: ${yaml(EVIL)} }
`,
  "mail.yaml": `{ kind: Inbox, id: mail, channel: email, provider: outbox, from: ${yaml(`${EVIL.slice(0, 20)} <a@example.com>`)} }`,
  "text.yaml": `{ kind: Inbox, id: text, channel: sms, provider: outbox, from: "+12025550101" }`,
  "desk.yaml": `{ kind: Inbox, id: desk, name: ${yaml(EVIL)}, channel: whatsapp, provider: outbox, from: "+12025550100" }`,
  "template.yaml": `
kind: WhatsAppTemplate
id: approved
inbox: desk
name: approved
language: en
category: utility
header: "</p><script>1</script>"
body: ${yaml(`{{1}} *bold* ${EVIL}`)}
footer: "<img src=x onerror=alert(1)>"
buttons: [{ text: "<b>ok</b>", url: "https://example.com/?a=%22><script>" }]
`,
  "sequence.yaml": `
kind: Sequence
id: hostile
name: ${yaml(EVIL)}
description: ${yaml(`${EVIL} ${LONG}`)}
target: contact
steps:
  - id: mail
    name: ${yaml(EVIL.slice(0, 60))}
    wait: immediately
    channel: email
    content:
      type: text
      subject: ${yaml(EVIL)}
      body: ${yaml(`{{ contact.name }} ${EVIL}\n\n${LONG}\n\nhttps://example.com/"onload="x`)}
  - id: rich
    wait: 1 day
    if: ${yaml('contact.name != "</code><script>1</script>"')}
    channel: email
    content:
      type: rich
      subject: rich
      markdown: ${yaml(`[link](https://example.com/x)\n\n![remote](https://example.com/pixel.png)\n\n**${EVIL}** ${LONG.slice(0, 5_000)}`)}
  - id: text
    wait: 1 day
    channel: sms
    content: ${yaml(`${EVIL} ${LONG.slice(0, 500)}`)}
  - id: chat
    wait: 1 day
    channel: whatsapp
    compose: ai_full
    ai: { intent: ${yaml(EVIL)} }
    content: ${yaml(`{{ contact.name }} ${EVIL}`)}
    outside_window: { template: approved, parameters: ["{{ contact.name }}"] }
`,
  "persona.yaml": `
kind: Persona
id: mallory
name: ${yaml(EVIL)}
contact:
  name: ${yaml(`${EVIL} ${LONG.slice(0, 300)}`)}
  email: mallory@example.com
  phone: "+12025550199"
`,
};
