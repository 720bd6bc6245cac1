import { didYouMean } from "../../did-you-mean.ts";
import { entities, type FileOf } from "../../../schemas/index.ts";
import { toDateValue } from "../../time/index.ts";
import type { TargetType } from "../document.ts";
import type { Model, Resource } from "../model.ts";
import { parseRelativeTime } from "../relative-time.ts";

type Sample = Resource<"Persona"> | Resource<"SequenceTest">;

const ENTITIES = ["contact", "conversation", "deal", "appointment", "charge"] as const;

/** A persona's times can be read, and its custom attributes and inbox exist. */
export function personas(model: Model): void {
  for (const persona of model.personas) checkSample(model, persona);
}

/** Sample data, in a persona or in a test. */
export function checkSample(model: Model, sample: Sample): void {
  for (const entity of ENTITIES) checkEntity(model, sample, entity);
  checkInbox(model, sample);
}

function checkEntity(model: Model, { file, value }: Sample, entity: TargetType): void {
  const data = Object.entries(value[entity] ?? {});
  const fields: Readonly<Record<string, { readonly type: string }>> = entities[entity].fields;
  for (const [field, given] of data) {
    const type = fields[field]?.type;
    if (type === "date" || type === "datetime") checkTime(model, file, [entity, field], given);
  }
  const declared = model.attributes.filter((attribute) => attribute.entity === entity);
  for (const [key, given] of Object.entries(value[entity]?.custom ?? {})) {
    const path = [entity, "custom", key];
    const attribute = declared.find((one) => one.key === key);
    if (attribute?.type === "date" || attribute?.type === "datetime") {
      checkTime(model, file, path, given);
    }
    if (attribute !== undefined || model.mayDeclare(`${entity}.custom.${key}`)) continue;
    const near = didYouMean(
      key,
      declared.map((one) => one.key),
    );
    const hint = near ? `did you mean "${near}"?` : "no file declares it, so no text can use it";
    const message = `${entity} has no custom attribute "${key}"`;
    model.atKey(file, path, "persona-attribute", message, hint, "warning");
  }
}

function checkTime(
  model: Model,
  file: Sample["file"],
  path: readonly string[],
  given: unknown,
): void {
  if (given === null || (typeof given === "string" && parseRelativeTime(given) !== null)) return;
  if (toDateValue(given) !== null) return;
  const hint = 'write "2026-12-24", "2026-12-24T10:00:00Z", "+3 days", or "-2 hours"';
  model.at(file, path, "persona-time", `${JSON.stringify(given)} is no time`, hint);
}

function checkInbox(model: Model, { file, value }: Sample): void {
  const inbox: FileOf["Inbox"]["id"] | undefined = value.conversation?.inbox;
  if (inbox === undefined || model.inboxes.has(inbox) || model.mayExist("Inbox", inbox)) return;
  const known = [...model.inboxes.keys()];
  const near = didYouMean(inbox, known);
  const hint = near ? `did you mean "${near}"?` : `there are: ${known.join(", ") || "none"}`;
  const message = `there is no Inbox "${inbox}"`;
  model.at(file, ["conversation", "inbox"], "unknown-reference", message, hint);
}
