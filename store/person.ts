import { sql } from "kysely";
import type { TargetType } from "../core/language/document.ts";
import type { LiveEnrollment } from "./chunk-load.ts";
import type { Db } from "./database.ts";
import { readKnownContacts, type KnownContact } from "./known-contacts.ts";
import { tidy } from "./merge.ts";

/** A contact, and one target of theirs, with all that a message to them is made of. */
export type Person = Pick<
  LiveEnrollment,
  "contact_id" | "contact" | "target" | "agent" | "conversations" | "suppressions"
> & { readonly target_id: string | null };

/**
 * Reads a contact with the target of this type: the one with this id, else the one that changed last.
 * @returns null where there is no such contact; a contact without such a target has no `target_id`
 */
export async function loadPerson(
  db: Db,
  contactId: string,
  target: { readonly type: TargetType; readonly id: string | null },
): Promise<Person | null> {
  const { rows } = await sql<Omit<Person, keyof KnownContact>>`
    select c.id as contact_id, c.data as contact, t.id as target_id, t.data as target,
      case when a.id is null then null else a.data || jsonb_build_object('id', a.id) end as agent
    from contacts c
    left join lateral (
      select id, data from targets
      where contact_id = c.id and type = ${target.type}
        and (${target.id}::text is null or id = ${target.id})
      order by updated_at desc, id
      limit 1
    ) t on true
    left join agents a on a.id = t.data ->> 'agent_id'
    where c.id = ${contactId} and c.erased_at is null
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return null;
  const known = await readKnownContacts(db, new Map([[contactId, row.contact]]));
  return {
    ...row,
    ...known.get(contactId)!,
    contact: tidy(row.contact),
    target: row.target && tidy(row.target),
  };
}
