import { DateTime } from "luxon";
import { entities } from "../../schemas/index.ts";
import type { EntityData, Facts, FieldValue } from "../facts.ts";
import type { Resource } from "./model.ts";

const ENTITIES = ["contact", "conversation", "deal", "appointment", "charge", "agent"] as const;
type PersonaEntity = (typeof ENTITIES)[number];

/** A sample contact and target. Times may be relative to the start: `+3 days 10:00`. */
export type Persona = {
  readonly id: string;
  readonly name: string;
  readonly contact: EntityData;
} & { readonly [entity in Exclude<PersonaEntity, "contact">]?: EntityData };

export function personaOf({ value }: Resource<"Persona">): Persona {
  const given = ENTITIES.filter((entity) => value[entity] !== undefined);
  const data = Object.fromEntries(given.map((entity) => [entity, value[entity] as EntityData]));
  return { ...(data as Omit<Persona, "id" | "name">), id: value.id, name: value.name ?? value.id };
}

const RELATIVE = /^([+-])\s*(\d+)\s+(minute|hour|day|week|month)s?(?:\s+(\d{1,2}:\d{2}))?$/;

/** Whether a text is a time relative to the start. */
export function isRelativeTime(text: string): boolean {
  return RELATIVE.test(text);
}

/**
 * A persona's data with times counted from a start, and the ids that a target has beside its data.
 * @param start epoch ms
 * @param zone the zone that `10:00` is meant in
 */
export function resolvePersona(
  persona: Persona,
  start: number,
  zone: string,
): Pick<Facts, PersonaEntity> {
  const contactId = String(persona.contact["id"] ?? persona.id);
  const resolved = ENTITIES.flatMap((entity) => {
    const data = persona[entity];
    if (data === undefined) return [];
    const ids =
      entity === "contact" || entity === "agent"
        ? { id: contactId }
        : { id: `${persona.id}-${entity}`, contact_id: contactId };
    return [[entity, { ...ids, ...resolveData(entity, data, start, zone) }] as const];
  });
  return Object.fromEntries(resolved) as unknown as Pick<Facts, PersonaEntity>;
}

function resolveData(
  entity: PersonaEntity,
  data: EntityData,
  start: number,
  zone: string,
): EntityData {
  const fields: Readonly<Record<string, { readonly type: string }>> = entities[entity].fields;
  const absolute = (value: FieldValue, asDay: boolean) =>
    typeof value === "string" && RELATIVE.test(value)
      ? resolveTime(value, start, zone, asDay)
      : value;
  const entries = Object.entries(data).map(([field, value]) => {
    if (
      field === "custom" &&
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value)
    ) {
      const custom = Object.entries(value as Record<string, FieldValue>);
      const times = custom.map(([key, item]) => [key, absolute(item, isDay(item))] as const);
      return [field, Object.fromEntries(times)];
    }
    return [field, absolute(value as FieldValue, fields[field]?.type === "date")];
  });
  return Object.fromEntries(entries) as EntityData;
}

/** Days without a time of day are a date: a custom attribute says no more about itself here. */
function isDay(value: FieldValue): boolean {
  const [, , , unit, time] = typeof value === "string" ? (RELATIVE.exec(value) ?? []) : [];
  return time === undefined && unit !== undefined && unit !== "minute" && unit !== "hour";
}

function resolveTime(text: string, start: number, zone: string, asDay: boolean): string {
  const [, sign, count, unit, time] = RELATIVE.exec(text) ?? [];
  const amount = Number(count) * (sign === "-" ? -1 : 1);
  const shifted = DateTime.fromMillis(start, { zone }).plus({ [`${unit}s`]: amount });
  if (asDay) return shifted.toISODate() ?? text;
  const [hour, minute] = (time ?? "").split(":").map(Number);
  const at =
    time === undefined ? shifted : shifted.set({ hour, minute, second: 0, millisecond: 0 });
  return at.toISO({ suppressMilliseconds: true }) ?? text;
}
