import { entities, type FileOf } from "../../schemas/index.ts";
import type { EntityData, Facts, FieldValue } from "../facts.ts";
import type { Resource } from "./model.ts";
import { dayOf, instantOf, parseRelativeTime } from "./relative-time.ts";

export const PERSONA_ENTITIES = [
  "contact",
  "conversation",
  "deal",
  "appointment",
  "charge",
  "agent",
] as const;
export type PersonaEntity = (typeof PERSONA_ENTITIES)[number];

/** A sample contact and target. Times may be relative to the start: `+3 days 10:00`. */
export type Persona = {
  readonly id: string;
  readonly name: string;
  readonly contact: EntityData;
} & { readonly [entity in Exclude<PersonaEntity, "contact">]?: EntityData };

export function personaOf({ value }: Resource<"Persona">): Persona {
  return { ...sampleOf(value), id: value.id, name: value.name ?? value.id };
}

/** The sample data that a persona, or a test that has it inline, gives. */
export function sampleOf(
  value: FileOf["Persona"] | FileOf["SequenceTest"],
): Omit<Persona, "id" | "name"> {
  const given = PERSONA_ENTITIES.filter((entity) => value[entity] !== undefined);
  const data = Object.fromEntries(given.map((entity) => [entity, value[entity] as EntityData]));
  return { contact: {}, ...data };
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
  const absolute = (value: FieldValue, type: string | null) =>
    resolveValue(value, type, start, zone);
  const resolved = PERSONA_ENTITIES.flatMap((entity) => {
    const data = persona[entity];
    return data === undefined
      ? []
      : [[entity, { ...idsOf(persona, entity), ...resolveData(entity, data, absolute) }]];
  });
  return Object.fromEntries(resolved) as Pick<Facts, PersonaEntity>;
}

function idsOf({ id, contact }: Persona, entity: PersonaEntity): EntityData {
  if (entity === "contact") return { id };
  if (entity === "agent") return { id: `${id}-agent` };
  return {
    id: `${id}-${entity}`,
    contact_id: typeof contact["id"] === "string" ? contact["id"] : id,
  };
}

function resolveData(
  entity: PersonaEntity,
  data: EntityData,
  absolute: (value: FieldValue, type: string | null) => FieldValue,
): EntityData {
  const { custom, ...own } = data;
  const fields = Object.entries(own).map(([field, value]) => {
    return [field, absolute(value as FieldValue, fieldType(entity, field))] as const;
  });
  const attributes = Object.entries(custom ?? {}).map(([key, value]) => {
    return [key, absolute(value, null)] as const;
  });
  return {
    ...Object.fromEntries(fields),
    ...(custom === undefined ? {} : { custom: Object.fromEntries(attributes) }),
  };
}

/** The type of a field; null for a custom attribute (`custom.plan`). */
export function fieldType(entity: PersonaEntity, field: string): string | null {
  if (field.startsWith("custom.")) return null;
  const types: Readonly<Record<string, { readonly type: string }>> = entities[entity].fields;
  return types[field]?.type ?? "text";
}

/**
 * A value with its time counted from a start, where it is such a time.
 * @param type null for a custom attribute: days without a time of day are a date there
 * @param start epoch ms
 * @param zone the zone that `10:00` is meant in
 */
export function resolveValue(
  value: FieldValue,
  type: string | null,
  start: number,
  zone: string,
): FieldValue {
  const isTime = type === null || type === "date" || type === "datetime";
  const relative = isTime && typeof value === "string" ? parseRelativeTime(value) : null;
  if (relative === null) return value;
  const isDay =
    type === null ? relative.kind === "days" && relative.time === null : type === "date";
  return isDay ? dayOf(relative, start, zone) : instantOf(relative, start, zone);
}
