import type { Facts } from "../facts.ts";
import type { Channel } from "../language/document.ts";
import { escapeHtml } from "../template/index.ts";
import { templateFor, type Choice } from "./channel.ts";
import { readMarkdown } from "./markdown.ts";
import { htmlOf } from "./markup.ts";
import type { CompiledStep, CompiledTemplateUse, CompiledWording } from "./program.ts";
import { Renderer, type Unsayable } from "./renderer.ts";
import { renderExtras, richParts } from "./rich.ts";
import type { Draft, OutgoingMessage, OutgoingTemplate } from "./types.ts";

/** The message, or what keeps it from being said. */
type Composed = { readonly kind: "message"; readonly message: OutgoingMessage } | Unsayable;

/** What is not the step's own. */
interface Additions {
  /** Who sends it and from where, for mails that must say so. */
  readonly footer?: string | null;
  /** What stands in for the static text. */
  readonly draft?: Draft | null;
}

type Chosen = Extract<Choice, { kind: "chosen" }>;

/**
 * Renders what a step says on the channel chosen for it: language first, then channel, then the base.
 * @param zone the IANA zone that dates are shown in
 */
export function composeMessage(
  compiled: CompiledStep,
  chosen: Chosen,
  facts: Facts,
  zone: string,
  { footer = null, draft = null }: Additions = {},
): Composed {
  const language = languageOf(facts);
  const renderer = new Renderer(facts, zone, language);
  const composed = chosen.useTemplate
    ? fromTemplate(compiled, chosen, renderer, language)
    : signed(
        drafted(
          fromWording(compiled, chosen, renderer, language),
          compiled,
          chosen,
          renderer,
          draft,
        ),
        chosen,
        footer,
      );
  if (composed.kind !== "parts") return composed;
  const { kind: _, ...parts } = composed;
  const { channel, inbox, to, conversation, reason } = chosen;
  return {
    kind: "message",
    message: {
      channel,
      inbox: inbox.id,
      to,
      conversation: conversation?.id ?? null,
      reason,
      ...parts,
    },
  };
}

type Parts = { readonly kind: "parts" } & Pick<
  OutgoingMessage,
  "subject" | "text" | "html" | "simpleHtml" | "template" | "buttons" | "attachments"
>;

function fromWording(
  compiled: CompiledStep,
  { channel, inbox }: Chosen,
  renderer: Renderer,
  language: string,
): Parts | Unsayable {
  const layers = layersFor(compiled, language);
  const [subject, body] = [pick(layers, channel, "subject"), pick(layers, channel, "body")];
  if (body === null) return { kind: "no_content", message: `the step says nothing on ${channel}` };
  if (channel === "email" && subject === null) {
    return { kind: "no_content", message: "an email needs a subject" };
  }
  const kind = "parts";
  const subjectText = channel === "email" && subject ? renderer.text(subject) : null;
  if (!compiled.markdown) {
    const text = renderer.text(body);
    if (renderer.failed !== null) return renderer.failed;
    const extras = { template: null, buttons: [], attachments: [] };
    if (channel !== "email") return { kind, subject: subjectText, text, html: null, ...extras };
    return { kind, subject: subjectText, text, html: htmlOf(text), simpleHtml: true, ...extras };
  }
  const source = renderer.markdown(body);
  const extras = renderExtras(compiled.extras, renderer);
  if (renderer.failed !== null) return renderer.failed;
  const read = readMarkdown(source);
  if (read.kind !== "markdown") return read;
  const { text, html, ...shown } = richParts(read.markdown, extras, channel, inbox);
  return { kind, subject: subjectText, text, html, template: null, ...shown };
}

/** The static text gives way to a draft; its buttons and files stay. */
function drafted(
  said: Parts | Unsayable,
  compiled: CompiledStep,
  { channel, inbox }: Chosen,
  renderer: Renderer,
  draft: Draft | null,
): Parts | Unsayable {
  if (said.kind !== "parts" || draft === null || draft.body === null) return said;
  const { body } = draft;
  const subject = said.subject === null ? null : (draft.subject ?? said.subject);
  if (!compiled.markdown) {
    return { ...said, subject, text: body, html: said.html === null ? null : htmlOf(body) };
  }
  const plain = { html: () => htmlOf(body), plain: () => body, whatsapp: () => body };
  const extras = renderExtras(compiled.extras, renderer);
  return { ...said, subject, ...richParts(plain, extras, channel, inbox) };
}

/** Marketing mails say who sends them and from where, unless the text does already. */
function signed(said: Parts | Unsayable, { channel }: Chosen, footer: string | null) {
  if (said.kind !== "parts" || channel !== "email" || footer === null) return said;
  if (said.text.includes(footer.slice(footer.indexOf("\n") + 1))) return said;
  const lines = escapeHtml(footer).replaceAll("\n", "<br>\n");
  const html = said.html === null ? null : `${said.html}\n<p style="${SMALL}">${lines}</p>`;
  const { simpleHtml: _, ...rest } = said;
  return { ...rest, text: `${said.text.trimEnd()}\n\n${footer}`, html };
}

const SMALL = "font-size:12px;color:#666666";

/** The wordings that may hold, the one that is chosen first at the head. */
function layersFor(compiled: CompiledStep, language: string): readonly CompiledWording[] {
  const tag = language.toLowerCase();
  const translated =
    compiled.languages.get(tag) ?? compiled.languages.get(tag.split("-")[0] ?? tag);
  return [translated, compiled.wording].filter((layer) => layer != null);
}

function pick(layers: readonly CompiledWording[], channel: Channel, part: "subject" | "body") {
  for (const layer of layers) {
    const found = layer.channels[channel]?.[part] ?? layer[part];
    if (found !== null) return found;
  }
  return null;
}

function fromTemplate(
  compiled: CompiledStep,
  chosen: Chosen,
  renderer: Renderer,
  language: string,
): Parts | Unsayable {
  const approved = templateFor(compiled, chosen.inbox, language);
  if (approved === undefined || compiled.template === null) {
    return { kind: "no_content", message: `no approved template fits inbox ${chosen.inbox.id}` };
  }
  const parameters = renderParameters(compiled.template, renderer);
  if (renderer.failed !== null) return renderer.failed;
  const template: OutgoingTemplate = {
    id: approved.id,
    ...(approved.name === undefined ? {} : { name: approved.name }),
    ...(approved.content_sid === undefined ? {} : { content_sid: approved.content_sid }),
    language: approved.language,
    parameters,
  };
  const text = fill(approved.body, parameters);
  return { kind: "parts", subject: null, text, html: null, template, buttons: [], attachments: [] };
}

function renderParameters(use: CompiledTemplateUse, renderer: Renderer) {
  if (use.positional !== null) return use.positional.map((parameter) => renderer.text(parameter));
  const named = [...(use.named ?? [])].map(
    ([name, value]) => [name, renderer.text(value)] as const,
  );
  return Object.fromEntries(named);
}

/** Puts parameters into the provider's own placeholders: `{{1}}` or `{{name}}`. */
function fill(body: string, parameters: OutgoingTemplate["parameters"]): string {
  return body.replace(/\{\{\s*(\w+)\s*\}\}/g, (placeholder, name: string) => {
    const key = Array.isArray(parameters) ? String(Number(name) - 1) : name;
    return Object.hasOwn(parameters, key) ? String(Reflect.get(parameters, key)) : placeholder;
  });
}

/** The contact's language tag; empty where it is unknown. */
export function languageOf(facts: Facts): string {
  const language = facts.contact["language"];
  return typeof language === "string" ? language : "";
}
