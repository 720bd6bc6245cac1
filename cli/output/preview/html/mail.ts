import type { Inbox } from "../../../../core/language/policy.ts";
import type { PreviewCase, PreviewedStep } from "../../../previews.ts";
import { avatar } from "./avatar.ts";
import { longDate } from "./dates.ts";
import { html, type Markup } from "./html.ts";
import { icon } from "./icons.ts";
import { bubbleText } from "./wording.ts";

/** A mail as a mail client shows it. Its body stands in a frame of its own that can do nothing. */
export function mail(step: PreviewedStep, inbox: Inbox | undefined, one: PreviewCase): Markup {
  const { name, address } = mailbox(inbox?.from ?? "");
  const sender = name ?? one.situation.workspace.policy.sender.name;
  const text = step.text ?? "";
  const height = heights(text);
  return html`<div class="mail">
    <div class="mail-head">
      <p class="subject" dir="auto">${step.subject}</p>
      <div class="parties">
        ${avatar(sender)}
        <p>
          <b>${sender}</b> <span class="quiet">${address}</span><br />
          <span class="quiet">to ${step.to}</span>
        </p>
        <p class="mail-date quiet">${step.due_at === null ? "" : longDate(step.due_at)}</p>
      </div>
    </div>
    <iframe
      sandbox=""
      referrerpolicy="no-referrer"
      title="The mail “${step.subject}”"
      style="--wide:${height.wide}px;--narrow:${height.narrow}px"
      srcdoc="${frame(step.html ?? "")}"
    ></iframe>
    ${
      step.attachments.length === 0
        ? null
        : html`<p class="files">
            ${step.attachments.map(
              ({ name, url }) => html`<span class="file">${icon("clip")} ${name ?? url}</span>`,
            )}
          </p>`
    }
    <details class="plain">
      <summary>Plain text</summary>
      <p>${bubbleText(text)}</p>
    </details>
  </div>`;
}

/** Room around a body, the height of a line and of the space between paragraphs, in pixels. */
const ROOM = 56;
const LINE = 24;
const PARAGRAPH = 15;
/** A longer mail is scrolled in its frame. */
const TALLEST = 1_400;

/**
 * A frame without scripts cannot tell its height: it is worked out from the text, on a wide and on a narrow screen,
 * for a font as wide as those that a machine may have instead.
 */
function heights(text: string): { readonly wide: number; readonly narrow: number } {
  const at = (characters: number) => {
    const lines = text.split("\n").map((line) => Math.ceil(line.length / characters));
    const spaces = lines.filter((count) => count === 0).length;
    const taken = lines.reduce((sum, count) => sum + count, 0) * LINE + spaces * PARAGRAPH;
    return Math.min(TALLEST, taken + ROOM);
  };
  return { wide: at(60), narrow: at(27) };
}

/** No script, no address, no form, no remote image: the policy of the page, said again for the frame. */
function frame(body: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${FRAME_POLICY}"><style>${FRAME_STYLE}</style></head><body>${withoutImages(body)}</body></html>`;
}

/** An image would have to be fetched: its description stands for it. */
function withoutImages(body: string): string {
  return body.replace(/<img\b[^>]*>/gi, (image) => {
    const [, alt = ""] = /\balt="([^"]*)"/i.exec(image) ?? [];
    return `<span class="image">image${alt === "" ? "" : `: ${alt}`}</span>`;
  });
}

const FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const FRAME_STYLE =
  ":root{color-scheme:light dark}" +
  "body{margin:0;padding:18px 20px;font:15px/24px Inter,ui-sans-serif,system-ui,sans-serif;overflow-wrap:anywhere;color:light-dark(#24262b,#e6e4df)}" +
  "p,ul,ol,h1,h2,h3{margin:0 0 15px}h1,h2,h3{line-height:1.3}.image{display:inline-block;padding:2px 10px;border:1px dashed currentColor;border-radius:6px;opacity:.7}" +
  "a{color:light-dark(#2f5d73,#8fc1d6);text-underline-offset:.2em}";

/** `Name <address>`, or the address alone. */
function mailbox(from: string): { readonly name: string | null; readonly address: string } {
  const [, name, address] = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(from) ?? [];
  if (address === undefined) return { name: null, address: from };
  return {
    name: name === "" || name === undefined ? null : name.replace(/^"(.*)"$/, "$1"),
    address,
  };
}
