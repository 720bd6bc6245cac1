import { statusEvents } from "../../core/enrollment/index.ts";
import type { EntityData } from "../../core/facts.ts";
import type { TargetType } from "../../core/language/document.ts";

/** Something that happened to a contact or to what an enrollment can be about. */
export interface Occurrence {
  readonly type: string;
  readonly target: { readonly type: TargetType; readonly id: string };
}

/** A record before and after it was merged; `before` is null when it is new. */
interface StatusChange {
  readonly target: Occurrence["target"];
  readonly before: EntityData | null;
  readonly after: EntityData;
}

/** `<entity>.<status>` for each record whose status changed; a resolved conversation is two events. */
export function occurrencesOf(changes: readonly StatusChange[]): Occurrence[] {
  return changes.flatMap(({ target, before, after }) => {
    const old = before === null ? null : before["status"];
    return statusEvents(target.type, old, after["status"]).map((type) => ({ type, target }));
  });
}
