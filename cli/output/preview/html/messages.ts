import type { Inbox } from "../../../../core/language/policy.ts";
import type { PreviewCase, PreviewedStep } from "../../../previews.ts";
import { html, type Markup, type Part } from "./html.ts";
import { mail } from "./mail.ts";
import { sms, whatsApp } from "./phone.ts";

/** A message as its reader meets it: on a phone or in a mail client. */
export function message(step: PreviewedStep, one: PreviewCase): Markup {
  const { workspace } = one.situation;
  const inbox = workspace.inboxes.get(step.inbox ?? "");
  const sender = senderOf(inbox, workspace.policy.sender.name);
  switch (step.channel) {
    case "email":
      return mail(step, inbox, one);
    case "sms":
      return sms(step, inbox?.from ?? sender);
    default:
      return whatsApp(step, sender, step.template, step.text ?? "");
  }
}

/** What a WhatsApp step says if its window is not as foreseen, folded. */
export function otherMessage(step: PreviewedStep, one: PreviewCase): Part {
  const other = step.other_window;
  if (other === null) return null;
  const { workspace } = one.situation;
  const sender = senderOf(workspace.inboxes.get(step.inbox ?? ""), workspace.policy.sender.name);
  const when =
    other.window === "open"
      ? "If they wrote within the last 24 hours"
      : "If they did not write within the last 24 hours";
  return html`<details class="other">
    <summary>${when}</summary>
    ${
      other.text === null
        ? html`<p class="quiet">Nothing is said: ${other.reason}</p>`
        : whatsApp(step, sender, other.template, other.text)
    }
  </details>`;
}

function senderOf(inbox: Inbox | undefined, name: string): string {
  return name === "" ? (inbox?.name ?? inbox?.from ?? "") : name;
}
