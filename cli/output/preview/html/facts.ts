import type { Facts } from "../../../../core/facts.ts";
import { html, type Markup, type Part } from "./html.ts";

const ENTITIES = ["contact", "agent", "conversation", "deal", "appointment", "charge"] as const;

/** All that the messages of one person are made of, folded. */
export function facts(known: Facts): Markup {
  const rows = ENTITIES.flatMap((entity) => fieldsOf(entity, known[entity] ?? {}));
  return html`<details class="facts">
    <summary>What is known</summary>
    <dl>
      ${rows.map(
        ([path, value]) =>
          html`<div>
            <dt>${path}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </details>`;
}

function fieldsOf(path: string, data: object): [string, Part][] {
  return Object.entries(data).flatMap(([field, value]): [string, Part][] => {
    if (value === null || value === undefined || value === "") return [];
    if (typeof value !== "object") return [[`${path}.${field}`, String(value)]];
    if (Array.isArray(value)) return [[`${path}.${field}`, value.join(", ")]];
    return fieldsOf(`${path}.${field}`, value as object);
  });
}
