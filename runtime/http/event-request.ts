import { toDateValue } from "../../core/time/index.ts";
import type { TargetType } from "../../core/language/document.ts";
import type { Attribute } from "../../store/attributes.ts";
import { checkTargetData, hashOf } from "./enroll-request.ts";
import { readEntity, type EntityBody } from "./entities.ts";
import { readDatetime } from "./fields.ts";
import type { EventReport } from "./ports.ts";
import type { FieldError } from "./problem.ts";

/** A body of `POST /v1/events` whose shape was checked; `data` is still unchecked. */
export interface EventBody {
  readonly id: string;
  readonly type: string;
  readonly occurred_at: string;
  readonly target: { readonly type: TargetType; readonly id: string };
  readonly data?: EntityBody;
}

/** Reads an event's body into what the engine takes, or lists all that is wrong with it. */
export function readEventRequest(
  body: EventBody,
  attributes: readonly Attribute[],
): { readonly report: EventReport } | { readonly errors: readonly FieldError[] } {
  const { id, type, target, data } = body;
  const wrong = data === undefined ? [] : checkTargetData(target, data);
  if (wrong.length > 0) return { errors: wrong };
  const read = data === undefined ? null : readEntity(target.type, data, attributes, "/data");
  const errors = [...(read?.errors ?? [])];
  const occurred = readDatetime(body.occurred_at);
  const date = "value" in occurred ? toDateValue(occurred.value) : null;
  if (date?.kind !== "datetime") {
    const message = "problem" in occurred ? occurred.problem : "must be a date and time";
    errors.push({ in: "body", path: "/occurred_at", message });
    return { errors };
  }
  if (errors.length > 0) return { errors };
  return {
    report: {
      event: { id, type, target, occurredAt: date.value, digest: hashOf(body) },
      data: read === null ? null : { contactId: data?.contact_id ?? null, data: read.data },
    },
  };
}
