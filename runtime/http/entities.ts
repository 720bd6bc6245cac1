import schema from "../../schemas/entities.schema.json" with { type: "json" };
import type { EntityData, FieldValue } from "../../core/facts.ts";
import type { AttributeDeclaration, TargetType } from "../../core/language/document.ts";
import {
  readCurrency,
  readDate,
  readDatetime,
  readEmail,
  readLanguage,
  readLink,
  readPhone,
  type Read,
} from "./fields.ts";
import type { FieldError } from "./problem.ts";
import { externalId } from "./schemas/common.ts";

/** What HTTP takes in: the targets, and the agents whom they are assigned to. */
export type EntityType = TargetType | "agent";

/** An entity as a request gives it, its shape already checked. */
export interface EntityBody extends EntityData {
  readonly id?: string;
  readonly contact_id?: string;
}

type Attributes = readonly Pick<AttributeDeclaration, "entity" | "key" | "type">[];
type Reader = (text: string) => Read<string>;

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly "x-cadenza-type"?: string;
}

const BY_TYPE: { readonly [type: string]: Reader } = {
  date: readDate,
  datetime: readDatetime,
  link: readLink,
};
const BY_NAME: { readonly [field: string]: Reader } = {
  email: readEmail,
  phone: readPhone,
  language: readLanguage,
  currency: readCurrency,
};
/** What is not among an entity's fields as they are stored, or is read in its own way. */
const APART = new Set(["id", "contact_id", "custom"]);
const LONGEST_TEXT = 10_000;

/**
 * The body that creates or merges an entity: the closed fields of the entities' schema, each of which
 * null clears, and `custom`.
 */
export function entitySchema(type: EntityType) {
  const properties = Object.entries(propertiesOf(type)).map(([name, property]) => [
    name,
    name === "id" || name === "contact_id" || name === "agent_id"
      ? referenceSchema(name, property)
      : valueSchema(property),
  ]);
  return {
    type: "object",
    additionalProperties: false,
    properties: { ...Object.fromEntries(properties), ...(hasCustom(type) ? { custom } : {}) },
  } as const;
}

const custom = {
  description: "Custom attributes by key; null clears one, and a key that is not given stays.",
  type: "object",
  maxProperties: 500,
  propertyNames: { maxLength: 200 },
  additionalProperties: {
    type: ["string", "number", "boolean", "array", "null"],
    maxLength: LONGEST_TEXT,
    maxItems: 500,
    items: { type: "string", maxLength: LONGEST_TEXT },
  },
} as const;

function referenceSchema(name: string, property: Property) {
  const nullable = name === "agent_id";
  const type = nullable ? ["string", "null"] : "string";
  return { ...externalId, type, description: property.description };
}

/** The schema of one field. What a reader below checks, with a better message, is not checked twice. */
function valueSchema({ type, description, examples, ...property }: Property) {
  return {
    type: [type, "null"],
    description,
    ...(examples === undefined ? {} : { examples }),
    ...(property.enum === undefined ? {} : { enum: [...property.enum, null] }),
    ...(type === "string" ? { maxLength: LONGEST_TEXT } : {}),
  };
}

/**
 * Brings an entity's values into the form that is stored: E.164, language tags, dates that exist.
 * @param at JSON pointer of the entity in the body, for what is wrong
 */
export function readEntity(
  type: EntityType,
  body: EntityBody,
  attributes: Attributes,
  at: string,
): { readonly data: EntityData; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const read = (path: string, value: FieldValue | undefined, reader: Reader | undefined) => {
    if (typeof value !== "string" || reader === undefined) return value;
    const result = reader(value);
    if ("value" in result) return result.value;
    errors.push({ in: "body", path: `${at}/${path}`, message: result.problem });
    return value;
  };

  const readers = READERS[type];
  const { custom: given } = body;
  const data: { [field: string]: EntityData[string] } = {};
  for (const [name, value] of Object.entries(body)) {
    if (APART.has(name)) continue;
    data[name] = read(name, value as FieldValue, readers.get(name));
  }
  if (given !== undefined) {
    const own: { [key: string]: FieldValue } = {};
    for (const [key, value] of Object.entries(given)) {
      const declared = attributes.find((one) => one.entity === type && one.key === key);
      own[key] = value;
      if (declared === undefined || value === null) continue;
      const wanted = mismatch(declared.type, value);
      const path = `custom/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (wanted === null) own[key] = read(path, value, BY_TYPE[declared.type]) ?? null;
      else errors.push({ in: "body", path: `${at}/${path}`, message: `must be ${wanted}` });
    }
    data["custom"] = own;
  }
  return { data, errors };
}

/** What the attribute asks for instead of this value; null where the value's JSON type fits. */
function mismatch(type: AttributeDeclaration["type"], value: FieldValue): string | null {
  switch (type) {
    case "number":
    case "currency":
      return typeof value === "number" ? null : "a number, as the attribute says";
    case "boolean":
      return typeof value === "boolean" ? null : "true or false, as the attribute says";
    case "list":
      return Array.isArray(value) ? null : "a list of texts, as the attribute says";
    case "text":
    case "link":
    case "date":
    case "datetime":
      return typeof value === "string" ? null : "text, as the attribute says";
  }
}

function propertiesOf(type: EntityType): { readonly [field: string]: Property } {
  const { custom: _, ...properties } = schema.$defs[type].properties as {
    readonly [field: string]: Property;
  };
  return properties;
}

/** What reads each entity's fields, those that are not taken as they are. */
const READERS: { readonly [type in EntityType]: ReadonlyMap<string, Reader> } = {
  contact: readersOf("contact"),
  agent: readersOf("agent"),
  conversation: readersOf("conversation"),
  deal: readersOf("deal"),
  appointment: readersOf("appointment"),
  charge: readersOf("charge"),
};

function readersOf(type: EntityType): ReadonlyMap<string, Reader> {
  const fields = Object.entries(propertiesOf(type)).flatMap(([name, property]) => {
    const reader = BY_NAME[name] ?? BY_TYPE[property["x-cadenza-type"] ?? ""];
    return reader === undefined ? [] : [[name, reader] as const];
  });
  return new Map(fields);
}

function hasCustom(type: EntityType): boolean {
  return "custom" in schema.$defs[type].properties;
}

/** An entity as it is answered: fields without a value are left out. */
export function entityAnswer(type: EntityType) {
  const fields = Object.entries(propertiesOf(type)).map(([name, property]) => {
    const jsonType = property.type ?? "string";
    return [name, { type: jsonType, description: property.description }];
  });
  return {
    type: "object",
    description: schema.$defs[type].description,
    required: ["id", "updated_at"],
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(fields),
      ...(hasCustom(type) ? { custom: { type: "object", additionalProperties: true } } : {}),
      updated_at: { type: "string", format: "date-time" },
    },
  } as const;
}
