import { sql, type Kysely } from "kysely";
import { tidy } from "./merge.ts";
import type { Schema } from "./schema.ts";
import type { ActiveVersion } from "./sequences.ts";
import { targetKey, type Target, type TargetRef } from "./targets.ts";

/** What is there of what requests to enroll name, before any of them is carried out. */
export interface EnrollContext {
  /** The version that a new enrollment starts on, by sequence. */
  readonly versions: ReadonlyMap<string, ActiveVersion>;
  /** By `targetKey`. */
  readonly targets: ReadonlyMap<string, Pick<Target, "contact_id" | "data">>;
  /** Those named, and the targets' own, as far as they exist and were not erased. */
  readonly contacts: ReadonlySet<string>;
}

interface Row {
  readonly versions: readonly ActiveVersion[] | null;
  readonly targets: readonly Omit<Target, "updated_at">[] | null;
  readonly contacts: readonly string[] | null;
}

/** Reads all of it in one statement: a request waits for each. */
export async function readEnrollContext(
  db: Kysely<Schema>,
  sequences: readonly string[],
  refs: readonly TargetRef[],
  contactIds: readonly string[],
): Promise<EnrollContext> {
  const { rows } = await sql<Row>`
    with found as (
      select t.type, t.id, t.contact_id, t.data
      from jsonb_to_recordset(${JSON.stringify(refs)}::jsonb) as r(type text, id text)
      join targets t on t.type = r.type and t.id = r.id
    )
    select (
      select json_agg(json_build_object('id', s.id, 'state', s.state, 'version', s.active_version,
        'target', v.document ->> 'target'))
      from sequences s
      join sequence_versions v on v.sequence_id = s.id and v.version = s.active_version
      where s.id = any(${[...sequences]}::text[])
    ) as versions, (
      select json_agg(found) from found
    ) as targets, (
      select json_agg(id) from contacts
      where erased_at is null
        and id = any(${[...contactIds]}::text[] || array(select contact_id from found))
    ) as contacts
  `.execute(db);
  const [{ versions, targets, contacts } = { versions: null, targets: null, contacts: null }] =
    rows;
  return {
    versions: new Map(versions?.map((one) => [one.id, one])),
    targets: new Map(targets?.map((one) => [targetKey(one), { ...one, data: tidy(one.data) }])),
    contacts: new Set(contacts),
  };
}
