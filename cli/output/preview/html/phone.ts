import type { PreviewedStep } from "../../../previews.ts";
import { smsWords } from "../words.ts";
import { avatar } from "./avatar.ts";
import { local } from "./dates.ts";
import { html, type Markup, type Part } from "./html.ts";
import { icon } from "./icons.ts";
import { bubbleText, whatsAppText } from "./wording.ts";

/** A WhatsApp chat with one message: free text, or a template with its fixed parts. */
export function whatsApp(
  step: PreviewedStep,
  sender: string,
  template: PreviewedStep["template"],
  text: string,
): Markup {
  const buttons = [...(template?.buttons ?? []), ...(template === null ? step.buttons : [])];
  return html`<div class="phone whatsapp">
    <p class="phone-bar">${avatar(sender)}<span class="phone-name">${sender}</span></p>
    <div class="chat">
      <div class="bubble">
        ${template === null ? attachments(step) : null}
        ${template?.header === undefined ? null : html`<p class="bubble-head">${template.header}</p>`}
        <p>${whatsAppText(text)}</p>
        ${template?.footer === undefined ? null : html`<p class="bubble-foot">${template.footer}</p>`}
        ${time(step)}
        ${buttons.map(
          ({ text, url, reply }) =>
            html`<p class="button" title="${url ?? reply ?? text}">
              ${icon(url === undefined ? "reply" : "link")} ${text}
            </p>`,
        )}
      </div>
    </div>
  </div>`;
}

/** A text message, and what it takes. */
export function sms(step: PreviewedStep, sender: string): Markup {
  const share = step.sms === null ? 0 : Math.round((100 * step.sms.units) / step.sms.capacity);
  return html`<div class="phone sms">
    <p class="phone-bar">${avatar(sender)}<span class="phone-name">${sender}</span></p>
    <div class="chat">
      <div class="bubble">
        <p>${bubbleText(step.text ?? "")}</p>
        ${time(step)}
      </div>
    </div>
    <p class="segments">
      <span class="meter" aria-hidden="true"
        ><span style="width:${Math.min(100, share)}%"></span
      ></span>
      ${smsWords(step)}
      <span class="quiet">${step.sms?.units ?? 0} of ${step.sms?.capacity ?? 0} characters</span>
    </p>
  </div>`;
}

function attachments({ attachments }: PreviewedStep): Markup[] {
  return attachments.map(
    ({ name, url }) => html`<p class="file">${icon("clip")} ${name ?? url}</p>`,
  );
}

function time({ due_at: at }: PreviewedStep): Part {
  return at === null ? null : html`<p class="bubble-time">${local(at).toFormat("HH:mm")}</p>`;
}
