import { createHash } from "node:crypto";
import { toDateValue } from "../../core/time/index.ts";
import type { TargetType } from "../../core/language/document.ts";
import type { Attribute } from "../../store/attributes.ts";
import { entitySchema, readEntity, type EntityBody } from "./entities.ts";
import { readDatetime } from "./fields.ts";
import type { EnrollRequest } from "./ports.ts";
import type { FieldError } from "./problem.ts";
import { checker } from "./validation.ts";

/** A body that `enrollBody` has passed; `data` is still unchecked. */
export interface EnrollBody {
  readonly sequence: string;
  readonly target: { readonly type: TargetType; readonly id: string };
  readonly contact?: EntityBody;
  readonly data?: EntityBody;
  readonly agent?: EntityBody & { readonly id: string };
  readonly start_at?: string;
}

const checkData: { readonly [type in TargetType]: (value: unknown) => FieldError[] } = {
  contact: checker(entitySchema("contact")),
  conversation: checker(entitySchema("conversation")),
  deal: checker(entitySchema("deal")),
  appointment: checker(entitySchema("appointment")),
  charge: checker(entitySchema("charge")),
};

/** Reads an enrollment's body into what the engine takes, or lists all that is wrong with it. */
export function readEnrollRequest(
  body: EnrollBody,
  attributes: readonly Attribute[],
  idempotency: { readonly apiKeyId: string; readonly key: string } | null,
): { readonly request: EnrollRequest } | { readonly errors: readonly FieldError[] } {
  const { sequence, target, contact, data, agent } = body;
  const errors: FieldError[] = [];
  const read = (type: TargetType | "agent", entity: EntityBody, at: string) => {
    const result = readEntity(type, entity, attributes, at);
    errors.push(...result.errors);
    return result.data;
  };
  if (data !== undefined) {
    const wrong = checkTargetData(target, data);
    if (wrong.length > 0) return { errors: wrong };
  }
  const contactData = contact === undefined ? null : read("contact", contact, "/contact");
  const targetData = data === undefined ? null : read(target.type, data, "/data");
  const agentData = agent === undefined ? null : read("agent", agent, "/agent");
  const startAt = body.start_at === undefined ? null : startOf(body.start_at);
  if (startAt !== null && typeof startAt !== "number") errors.push(startAt);
  if (errors.length > 0 || (startAt !== null && typeof startAt !== "number")) return { errors };
  return {
    request: {
      sequence,
      target,
      contact: contactData === null ? null : { id: contact?.id ?? null, data: contactData },
      data: targetData === null ? null : { contactId: data?.contact_id ?? null, data: targetData },
      agent: agentData === null || agent === undefined ? null : { id: agent.id, data: agentData },
      startAt,
      idempotency: idempotency && { ...idempotency, requestHash: hashOf(body) },
    },
  };
}

/** What is wrong with `data` as the fields of a target, before its values are read. */
export function checkTargetData(target: EnrollBody["target"], data: EntityBody): FieldError[] {
  const wrong = checkData[target.type](data);
  if (wrong.length > 0) return wrong.map((error) => ({ ...error, path: `/data${error.path}` }));
  if (data.id === undefined || data.id === target.id) return [];
  return [{ in: "body", path: "/data/id", message: "must be the target's id" }];
}

function startOf(text: string): number | FieldError {
  const read = readDatetime(text);
  const date = "value" in read ? toDateValue(read.value) : null;
  if (date?.kind === "datetime") return date.value;
  const message = "problem" in read ? read.problem : "must be a date and time";
  return { in: "body", path: "/start_at", message };
}

/** The same for every spelling of one JSON value. */
export function hashOf(body: object): string {
  return createHash("sha256").update(stable(body)).digest("hex");
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
