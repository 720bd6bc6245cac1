import { sql, type Kysely } from "kysely";

/**
 * What an enrollment costs. Who enrolls has just locked or written the contact, and read the version; neither is
 * ever deleted: nothing is looked up once more for each row. Few records have an agent, and few suppressions are
 * of somebody who was erased.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `alter table enrollments
    drop constraint enrollments_contact_id_fkey,
    drop constraint enrollments_sequence_id_version_fkey`,
  `alter table targets drop constraint targets_contact_id_fkey`,
  `drop index targets_agent`,
  `create index targets_agent on targets ((data ->> 'agent_id')) where data ->> 'agent_id' is not null`,
  `create index suppressions_hashed on suppressions (address) where address like 'sha256:%'`,
];
