import { marked } from "marked";
import type { Facts } from "../facts.ts";
import type { Channel } from "../language/document.ts";
import type { Rendered, Template } from "../template/index.ts";
import { templateFor, type Choice } from "./channel.ts";
import { htmlOf, plainOf } from "./markup.ts";
import type { CompiledStep, CompiledTemplateUse, CompiledWording } from "./program.ts";
import type { OutgoingMessage, OutgoingTemplate } from "./types.ts";

/** The message, or what keeps it from being said. */
export type Composed =
  | { readonly kind: "message"; readonly message: OutgoingMessage }
  | { readonly kind: "blank"; readonly variables: readonly string[] }
  | { readonly kind: "no_content"; readonly message: string }
  | { readonly kind: "too_big"; readonly message: string };

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
): Composed {
  const language = languageOf(facts);
  const renderer = new Renderer(facts, zone, language);
  const composed = chosen.useTemplate
    ? fromTemplate(compiled, chosen, renderer, language)
    : fromWording(compiled, chosen.channel, renderer, language);
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
  "subject" | "text" | "html" | "template"
>;
type Failed = Exclude<Composed, { kind: "message" }>;

function fromWording(
  compiled: CompiledStep,
  channel: Channel,
  renderer: Renderer,
  language: string,
): Parts | Failed {
  const [subject, body] = wordingFor(compiled, channel, language);
  if (body === null) return { kind: "no_content", message: `the step says nothing on ${channel}` };
  if (channel === "email" && subject === null) {
    return { kind: "no_content", message: "an email needs a subject" };
  }
  const subjectText = channel === "email" && subject ? renderer.text(subject) : null;
  const source = compiled.markdown ? renderer.markdown(body) : renderer.text(body);
  if (renderer.failed !== null) return renderer.failed;
  if (!compiled.markdown) {
    const html = channel === "email" ? htmlOf(source) : null;
    return { kind: "parts", subject: subjectText, text: source, html, template: null };
  }
  const html = marked.parse(source, { async: false });
  const text = plainOf(html);
  return {
    kind: "parts",
    subject: subjectText,
    text,
    html: channel === "email" ? html : null,
    template: null,
  };
}

function wordingFor(compiled: CompiledStep, channel: Channel, language: string) {
  const tag = language.toLowerCase();
  const translated =
    compiled.languages.get(tag) ?? compiled.languages.get(tag.split("-")[0] ?? tag);
  const layers = [translated, compiled.wording].filter((layer) => layer != null);
  const pick = (part: "subject" | "body") => firstOf(layers, channel, part);
  return [pick("subject"), pick("body")] as const;
}

function firstOf(layers: readonly CompiledWording[], channel: Channel, part: "subject" | "body") {
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
): Parts | Failed {
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
  return { kind: "parts", subject: null, text, html: null, template };
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

/** Renders several templates for one message and keeps the first failure; blanks add up. */
class Renderer {
  private readonly facts: Facts;
  private readonly zone: string;
  private readonly language: string;
  failed: Failed | null = null;

  constructor(facts: Facts, zone: string, language: string) {
    this.facts = facts;
    this.zone = zone;
    this.language = language === "" ? "en" : language;
  }

  text(template: Template): string {
    return this.render(template, "none");
  }

  /** Contact data inside markdown is escaped: it can never become a link, markup or HTML. */
  markdown(template: Template): string {
    return this.render(template, "markdown");
  }

  private render(template: Template, escape: "none" | "markdown"): string {
    const { facts, zone, language } = this;
    const rendered: Rendered = template.render(facts, { zone, language, escape });
    if (rendered.kind === "text") return rendered.text;
    if (rendered.kind === "limit") {
      this.failed ??= { kind: "too_big", message: rendered.message };
    } else {
      const earlier = this.failed?.kind === "blank" ? this.failed.variables : [];
      const variables = [...new Set([...earlier, ...rendered.variables])];
      if (this.failed === null || this.failed.kind === "blank")
        this.failed = { kind: "blank", variables };
    }
    return "";
  }
}
