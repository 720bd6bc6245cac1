import type { TargetType } from "../language/document.ts";

/**
 * The events that a record's new status raises: `<entity>.<status>`, and `conversation_resolved` before
 * it for a conversation that is resolved. None when the status is as it was, or the record is new.
 * @param before the status that it had; null for a new record
 */
export function statusEvents(type: TargetType, before: unknown, after: unknown): readonly string[] {
  if (typeof after !== "string" || before === null || before === after) return [];
  const own = `${type}.${after}`;
  return type === "conversation" && after === "resolved" ? ["conversation_resolved", own] : [own];
}
