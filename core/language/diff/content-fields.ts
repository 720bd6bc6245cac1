import { assertNever } from "../../assert-never.ts";
import type { Content, TemplateUse, VariantSet } from "../document.ts";
import type { Fields } from "./fields.ts";

type Entry = readonly [string, string];

/** Every text of a content, by the place where it is authored. */
export function contentFields(content: Content): Fields {
  return new Map(entriesOf(content));
}

/** An approved template with its parameters. What is approved is a text too, and pinned. */
export function templateFields(use: TemplateUse, at: string): Fields {
  return new Map(templateEntries(use, at));
}

function entriesOf(content: Content): Entry[] {
  switch (content.type) {
    case "text":
      return [["content.type", "text"], ...wordingEntries(content, "body")];
    case "rich":
      return [
        ["content.type", "rich"],
        ...wordingEntries(content, "markdown"),
        ...(content.buttons ?? []).map((button, index): Entry => {
          const leads = button.url ?? button.reply;
          const text = leads === undefined ? button.text : `${button.text} → ${leads}`;
          return [`content.buttons.${index + 1}`, text];
        }),
        ...(content.attachments ?? []).map(({ url, name }, index): Entry => {
          return [`content.attachments.${index + 1}`, name === undefined ? url : `${name}: ${url}`];
        }),
      ];
    case "template":
      return [["content.type", "template"], ...templateEntries(content, "content")];
    default:
      return assertNever(content);
  }
}

function wordingEntries(
  content: VariantSet & { readonly languages?: { readonly [tag: string]: VariantSet } },
  body: string,
): Entry[] {
  return [
    ...variantEntries(content, "content", body),
    ...Object.entries(content.languages ?? {}).flatMap(([tag, set]) =>
      variantEntries(set, `content.languages.${tag}`, body),
    ),
  ];
}

function variantEntries(set: VariantSet, at: string, body: string): Entry[] {
  return [
    ...(set.subject === undefined ? [] : [[`${at}.subject`, set.subject] as const]),
    ...(set.body === undefined ? [] : [[`${at}.${body}`, set.body] as const]),
    ...Object.entries(set.channels ?? {}).flatMap(([channel, wording]) =>
      variantEntries(wording, `${at}.channels.${channel}`, body),
    ),
  ];
}

function templateEntries({ candidates, parameters = [] }: TemplateUse, at: string): Entry[] {
  const [named] = candidates;
  const given = Object.entries(parameters).map(([key, text]): Entry => {
    const name = Array.isArray(parameters) ? String(Number(key) + 1) : key;
    return [`${at}.parameters.${name}`, text];
  });
  const approved = candidates.flatMap((template): Entry[] => {
    const { id, inbox, name, content_sid: sid, language, category, buttons = [] } = template;
    const { body, header, footer } = template;
    const place = `${at}.approved.${id}`;
    const leads = buttons.map(({ text, url, reply }) => `${text} → ${url ?? reply ?? ""}`);
    return [
      [place, [name ?? sid, language, category, `from ${inbox}`].join(", ")],
      [`${place}.body`, body],
      ...(header === undefined ? [] : [[`${place}.header`, header] as const]),
      ...(footer === undefined ? [] : [[`${place}.footer`, footer] as const]),
      ...(leads.length === 0 ? [] : [[`${place}.buttons`, leads.join(", ")] as const]),
    ];
  });
  const chosen = named === undefined ? [] : [[`${at}.template`, named.id] as const];
  return [...chosen, ...given, ...approved];
}
