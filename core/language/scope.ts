import { entities } from "../../schemas/index.ts";
import type { EntityScope, FieldInfo, Scope } from "../template/index.ts";
import type { AttributeDeclaration, TargetType } from "./document.ts";

type Entity = Exclude<keyof typeof entities, "unsubscribe_url">;

/**
 * The variables that a sequence with this target may use. A conversation is only certain where it is
 * the target itself.
 * @param senderAddress whether the workspace has a postal address
 */
export function scopeFor(
  target: TargetType,
  attributes: readonly AttributeDeclaration[],
  senderAddress = true,
): Scope {
  const entity = (name: Entity): EntityScope => {
    const { fields, custom } = entities[name];
    return { fields, custom: custom ? customOf(name, attributes) : null };
  };
  const { workspace } = entities;
  return {
    contact: entity("contact"),
    ...(target === "contact" ? {} : { [target]: entity(target) }),
    agent: entity("agent"),
    workspace: {
      fields: {
        ...workspace.fields,
        address: { ...workspace.fields.address, optional: !senderAddress },
      },
      custom: null,
    },
    enrollment: { fields: entities.enrollment.fields, custom: null },
    unsubscribe_url: entities.unsubscribe_url,
  };
}

function customOf(
  entity: string,
  attributes: readonly AttributeDeclaration[],
): Record<string, FieldInfo> {
  const own = attributes.filter((attribute) => attribute.entity === entity);
  return Object.fromEntries(
    own.map(({ key, type, options }) => [
      key,
      { type, optional: true, ...(options === undefined || type === "list" ? {} : { options }) },
    ]),
  );
}

/** The type of a dotted path; undefined where the scope has no such variable. */
export function fieldAt(scope: Scope, path: string): FieldInfo | undefined {
  const parts = path.split(".");
  const [root, field, key] = [parts[0] ?? "", parts[1], parts[2]];
  const entity = Object.hasOwn(scope, root) ? scope[root] : undefined;
  if (entity === undefined || parts.length > 3) return undefined;
  if ("type" in entity) return field === undefined ? entity : undefined;
  const { fields, custom } = entity;
  if (field === "custom")
    return key !== undefined && Object.hasOwn(custom ?? {}, key) ? custom?.[key] : undefined;
  return key === undefined && field !== undefined && Object.hasOwn(fields, field)
    ? fields[field]
    : undefined;
}

/** Every dotted path of a scope. */
export function pathsOf(scope: Scope): string[] {
  return Object.entries(scope).flatMap(([root, entity]) => {
    if ("type" in entity) return [root];
    const { fields, custom } = entity;
    const own = Object.keys(fields).map((field) => `${root}.${field}`);
    return [...own, ...Object.keys(custom ?? {}).map((key) => `${root}.custom.${key}`)];
  });
}
