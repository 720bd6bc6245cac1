import type { SendResult } from "../../core/enrollment/index.ts";
import type { Delivery } from "./channel.ts";
import { mediaOf, templateParameter } from "./whatsapp.ts";

/** The Cloud API: "Maximum length: 4096 characters". */
const MOST_TEXT = 4_096;

/**
 * A message in the Cloud API's words. `biz_opaque_callback_data` comes back with every report, so that one
 * finds its message even where Meta's answer was lost.
 * @returns a refusal for what Meta would certainly refuse
 */
export function metaMessage(
  delivery: Delivery,
): object | Extract<SendResult, { kind: "permanent" }> {
  const { id, to, text, template } = delivery;
  const envelope = {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to,
    biz_opaque_callback_data: id,
  };
  if (template !== null) {
    if (template.name === undefined) {
      return refused("template_without_name", `template ${template.id} names no name at Meta`);
    }
    return { ...envelope, type: "template", template: templateOf(template.name, template) };
  }
  if (delivery.buttons.length > 0) {
    return { ...envelope, type: "interactive", interactive: interactiveOf(delivery) };
  }
  const [file] = delivery.attachments;
  if (file !== undefined) {
    const { type, name } = mediaOf(file);
    const media = {
      link: file.url,
      caption: text,
      ...(type === "document" ? { filename: name } : {}),
    };
    return { ...envelope, type, [type]: media };
  }
  if (text.length > MOST_TEXT) {
    return refused("text_too_long", `a WhatsApp message has at most ${MOST_TEXT} characters`);
  }
  return { ...envelope, type: "text", text: { body: text, preview_url: /https?:/.test(text) } };
}

function refused(code: string, message: string): Extract<SendResult, { kind: "permanent" }> {
  return { kind: "permanent", code, message, ...(code.startsWith("template") ? TEMPLATE : {}) };
}

const TEMPLATE = { means: "template" } as const;

function templateOf(name: string, { language, parameters }: NonNullable<Delivery["template"]>) {
  const values: { type: "text"; text: string; parameter_name?: string }[] = isList(parameters)
    ? parameters.map((text) => ({ type: "text", text: templateParameter(text) }))
    : Object.entries(parameters).map(([parameter_name, text]) => ({
        type: "text",
        text: templateParameter(text),
        parameter_name,
      }));
  // Meta writes `pt_BR` where the rest of the world writes `pt-BR`.
  return {
    name,
    language: { code: language.replace("-", "_") },
    ...(values.length === 0 ? {} : { components: [{ type: "body", parameters: values }] }),
  };
}

type Parameters = NonNullable<Delivery["template"]>["parameters"];

function isList(parameters: Parameters): parameters is readonly string[] {
  return Array.isArray(parameters);
}

function interactiveOf({ text, buttons, attachments: [file] }: Delivery) {
  const header = file === undefined ? null : mediaOf(file);
  return {
    type: "button",
    ...(header === null || file === undefined
      ? {}
      : {
          header: {
            type: header.type,
            [header.type]: {
              link: file.url,
              ...(header.type === "document" ? { filename: header.name } : {}),
            },
          },
        }),
    body: { text },
    action: {
      buttons: buttons.map(({ text: title, reply }) => ({
        type: "reply",
        reply: { id: reply ?? title, title },
      })),
    },
  };
}
