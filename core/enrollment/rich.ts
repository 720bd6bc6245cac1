import type { Attachment, Button, Channel } from "../language/document.ts";
import type { Inbox } from "../language/policy.ts";
import { escapeHtml } from "../template/index.ts";
import { badLink, type Markdown } from "./markdown.ts";
import type { CompiledExtras } from "./program.ts";
import type { Renderer } from "./renderer.ts";
import type { OutgoingMessage } from "./types.ts";

/** A rich message as one channel shows it. */
type RichParts = Pick<OutgoingMessage, "text" | "html" | "buttons" | "attachments">;

/** Buttons and attachments of one message, their links checked. */
interface Extras {
  readonly buttons: readonly Button[];
  readonly attachments: readonly Attachment[];
}

/**
 * Renders buttons and attachments. A link that is no https link (a button's may be http too) is kept
 * in `renderer.failed`: contact data must not be able to make one of another kind.
 */
export function renderExtras(extras: CompiledExtras, renderer: Renderer): Extras {
  const link = (href: string, ...schemes: readonly string[]) => {
    const isGood = schemes.includes(protocolOf(href));
    if (!isGood) renderer.failed ??= { kind: "bad_link", message: badLink(href, ...schemes) };
    return href;
  };
  return {
    buttons: extras.buttons.map(({ text, url, reply }) => ({
      text: renderer.text(text),
      ...(url === null ? {} : { url: link(renderer.text(url).trim(), "https", "http") }),
      ...(reply === null ? {} : { reply: renderer.text(reply) }),
    })),
    attachments: extras.attachments.map(({ url, name }) => ({
      url: link(renderer.text(url).trim(), "https"),
      ...(name === null ? {} : { name: renderer.text(name) }),
    })),
  };
}

/** Without user and password: `https://bank.example@evil.example` leads to evil.example. */
function protocolOf(href: string): string {
  const url = /[\s<>"\\]/.test(href) ? null : URL.parse(href);
  return url === null || url.username !== "" ? "" : url.protocol.slice(0, -1);
}

/** What the channel cannot show as it is becomes lines of the text, so that nothing is lost. */
export function richParts(
  markdown: Markdown,
  extras: Extras,
  channel: Channel,
  inbox: Inbox,
): RichParts {
  switch (channel) {
    case "email": {
      const html = [markdown.html(), ...htmlOf(extras)].join("\n");
      // A file goes with the mail where the server may fetch it; its link stays for everybody else.
      const { attachments } = extras;
      return { text: withLines(markdown.plain(), extras), html, buttons: [], attachments };
    }
    case "sms":
      return { text: withLines(markdown.plain(), extras), html: null, ...NONE };
    case "whatsapp": {
      const text = markdown.whatsapp();
      const shown = shownByWhatsApp(extras, text, inbox.provider);
      const lines = {
        buttons: extras.buttons.filter((button) => !shown.buttons.includes(button)),
        attachments: extras.attachments.filter((file) => !shown.attachments.includes(file)),
      };
      return { text: withLines(text, lines), html: null, ...shown };
    }
  }
}

const NONE: Extras = { buttons: [], attachments: [] };

/** WhatsApp's own limits for a message with buttons or a file. */
const MOST_TEXT = 1_024;
const MOST_LABEL = 20;
const MOST_REPLIES = 3;

/** Three replies and one file; buttons only where the provider can make them, and links as lines. */
function shownByWhatsApp(
  { buttons, attachments }: Extras,
  text: string,
  provider: Inbox["provider"],
): Extras {
  if (text.length > MOST_TEXT) return NONE;
  const short = buttons.filter((button) => button.text.length <= MOST_LABEL);
  const replies = short.filter(({ url }) => url === undefined).slice(0, MOST_REPLIES);
  const hasButtons = provider === "meta" || provider === "outbox";
  return { buttons: hasButtons ? replies : [], attachments: attachments.slice(0, 1) };
}

function withLines(text: string, { buttons, attachments }: Extras): string {
  const lines = [
    ...buttons.map((button) =>
      button.url === undefined ? reply(button) : `${button.text}: ${button.url}`,
    ),
    ...attachments.map(({ name, url }) => (name === undefined ? url : `${name}: ${url}`)),
  ];
  return lines.length === 0 ? text : `${text}\n\n${lines.join("\n")}`;
}

function reply({ text, reply: answer }: Button): string {
  return answer === undefined || answer === text ? `- ${text}` : `- ${text}: ${answer}`;
}

/** Mail clients know only styles that stand at the element. */
const BUTTON =
  "display:inline-block;padding:10px 18px;border-radius:6px;background:#1f4fd8;color:#ffffff;text-decoration:none";

function htmlOf({ buttons, attachments }: Extras): string[] {
  const links = buttons.flatMap(({ text, url }) =>
    url === undefined
      ? []
      : [`<a href="${escapeHtml(url)}" style="${BUTTON}">${escapeHtml(text)}</a>`],
  );
  const replies = buttons.filter(({ url }) => url === undefined);
  const files = attachments.map(
    ({ name, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(name ?? url)}</a>`,
  );
  return [
    ...(links.length === 0 ? [] : [`<p>${links.join("\n")}</p>`]),
    ...replies.map((button) => `<p>${escapeHtml(reply(button))}</p>`),
    ...files.map((file) => `<p>${file}</p>`),
  ];
}
