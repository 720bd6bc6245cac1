import { sql, type Kysely } from "kysely";
import type { EntityData } from "../core/facts.ts";
import type { TargetType } from "../core/language/document.ts";
import { liveKey } from "./enrollments-start.ts";
import { keyed, keyStates, type KeyState, type KeyStateRow } from "./live-keys.ts";
import { tidy } from "./merge.ts";
import { prepared } from "./prepared.ts";
import type { Schema } from "./schema.ts";
import type { ActiveVersion } from "./sequences.ts";
import { targetKey, type Target } from "./targets.ts";

/** What a request to enroll names. */
interface Naming {
  readonly sequence: string;
  readonly target: { readonly type: TargetType; readonly id: string };
}

/** What is there of what requests to enroll name, before any of them is carried out. */
export interface EnrollContext {
  /** The policy's; null before anything was published. */
  readonly revision: string | null;
  /** The version that a new enrollment starts on, by sequence. */
  readonly versions: ReadonlyMap<string, ActiveVersion>;
  /** By `targetKey`. */
  readonly targets: ReadonlyMap<string, Pick<Target, "contact_id" | "data">>;
  /** Those named, and the targets' own, as far as they exist and were not erased. */
  readonly contacts: ReadonlyMap<string, EntityData>;
  /** The keys of these requests where one is live per target; by `liveKeyId`. */
  readonly keys: ReadonlyMap<string, KeyState>;
}

interface Row {
  readonly revision: string | null;
  readonly versions: readonly ActiveVersion[] | null;
  readonly targets: readonly Omit<Target, "updated_at">[] | null;
  readonly contacts: readonly { readonly id: string; readonly data: EntityData }[] | null;
  readonly keys: readonly KeyStateRow[] | null;
}

/**
 * Reads all of it in one statement, because a request waits for each, and locks contacts and targets until the
 * transaction ends: what is worked out from their data stays true until it is committed. Rows are locked in the
 * order in which merges lock them: contacts first, each kind by its id.
 * @param contactIds all that the requests name
 */
export async function lockEnrollContext(
  trx: Kysely<Schema>,
  requests: readonly Naming[],
  contactIds: readonly string[],
): Promise<EnrollContext> {
  const given = requests.map(({ sequence, target: { type, id } }) => ({
    sequence_id: sequence,
    type,
    id,
    live_key: liveKey("target", { type, id }, ""),
  }));
  const { rows } = await sql<Row>`${prepared}
    with given as (
      select g.*, t.contact_id as owner
      from json_to_recordset(${JSON.stringify(given)}::json)
        as g(sequence_id text, type text, id text, live_key text)
      -- Read without a lock: a target stays with its contact.
      left join targets t on t.type = g.type and t.id = g.id
    ), people as materialized (
      select c.id, c.data, c.erased_at
      from (
        select unnest(${[...contactIds]}::text[]) as id
        union select owner from given
        order by id
      ) named
      cross join lateral (
        select id, data, erased_at from contacts where contacts.id = named.id for no key update
      ) c
    ), records as materialized (
      select t.type, t.id, t.contact_id, t.data
      from (select distinct type, id from given where owner is not null order by type, id) named
      cross join lateral (
        select type, id, contact_id, data from targets
        where targets.type = named.type and targets.id = named.id
        for no key update
      ) t
      -- Not before the contacts.
      where (select count(*) from people) >= 0
    )
    select (
      select revision from workspace_policy
    ) as revision, (
      select json_agg(json_build_object('id', s.id, 'state', s.state, 'version', s.active_version,
        'target', v.document ->> 'target'))
      from sequences s
      join sequence_versions v on v.sequence_id = s.id and v.version = s.active_version
      where s.id in (select sequence_id from given)
    ) as versions, (
      select json_agg(json_build_object('id', id, 'data', data)) from people where erased_at is null
    ) as contacts, (
      select json_agg(records) from records
    ) as targets, (
      select json_agg(seen) from (${keyStates(sql`given k`)}) seen
    ) as keys
  `.execute(trx);
  const [{ revision, versions, targets, contacts, keys } = NOTHING] = rows;
  return {
    revision,
    versions: new Map(versions?.map((one) => [one.id, one])),
    targets: new Map(targets?.map((one) => [targetKey(one), { ...one, data: tidy(one.data) }])),
    contacts: new Map(contacts?.map(({ id, data }) => [id, tidy(data)])),
    keys: keyed(keys ?? []),
  };
}

const NOTHING: Row = { revision: null, versions: null, targets: null, contacts: null, keys: null };
