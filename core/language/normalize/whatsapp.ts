import type { FileOf } from "../../../schemas/index.ts";
import type { WhatsAppTemplateSnapshot } from "../document.ts";
import type { Model } from "../model.ts";

/**
 * The approved templates that can stand for the one named: itself, and its siblings with the same name
 * at the provider, for other inboxes and languages. Empty where there is none of that id.
 */
export function candidatesOf(model: Model, id: string): readonly WhatsAppTemplateSnapshot[] {
  const named = model.whatsapp.get(id)?.value;
  if (named === undefined) return [];
  const siblings = [...model.whatsapp.values()]
    .map(({ value }) => value)
    .filter((one) => one !== named && one.name !== undefined && one.name === named.name)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [named, ...siblings].map(snapshot);
}

function snapshot(file: FileOf["WhatsAppTemplate"]): WhatsAppTemplateSnapshot {
  const { kind: _, description: __, ...rest } = file;
  return rest;
}
