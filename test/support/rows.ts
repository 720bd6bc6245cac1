import type { Schedule } from "../../core/enrollment/types.ts";
import type { CanonicalDocument } from "../../core/language/document.ts";
import type { Db } from "../../store/database.ts";
import { liveKey, startEnrollments } from "../../store/enrollments-start.ts";
import { newId } from "../../store/ids.ts";
import type { Intent } from "../../store/intents.ts";
import { iso } from "../../store/placement.ts";
import { readRevision } from "../../store/workspace.ts";

/** A document with text steps `a`, `b`, … a day apart, for tests that are not about its content. */
export function textDocument(id: string, steps: readonly string[] = ["a", "b"]): CanonicalDocument {
  return {
    format: 1,
    id,
    target: "contact",
    steps: steps.map((step, index) => ({
      id: step,
      wait: index === 0 ? { kind: "immediately" } : { kind: "after", n: 1, unit: "day" },
      channel: "email",
      content: { type: "text", subject: "Hello", body: `Step ${step}` },
      source: { file: `sequences/${id}.yaml`, line: index + 1 },
    })),
  };
}

/** Deletes all enrollments and what belongs to them; the schema itself deletes only their drafts. */
export async function deleteEnrollments(db: Db): Promise<void> {
  for (const table of ["enrollments", "messages", "history"] as const) {
    await db.deleteFrom(table).execute();
  }
}

/** Publishes a version straight into the tables and makes it the active one. */
export async function publishVersion(
  db: Db,
  document: CanonicalDocument,
  version: number,
  now: number,
): Promise<void> {
  const row = {
    id: document.id,
    name: document.id,
    state: "active",
    updated_at: iso(now),
  } as const;
  await db
    .insertInto("sequences")
    .values({ ...row, active_version: version })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ active_version: version }))
    .execute();
  await db
    .insertInto("sequence_versions")
    .values({
      sequence_id: document.id,
      version,
      digest: `digest-${version}`,
      format: document.format,
      document: JSON.stringify(document),
      source: "",
      path: `sequences/${document.id}.yaml`,
      commit_sha: "0".repeat(40),
      author: "A. Writer <writer@example.com>",
      committed_at: iso(now),
      published_at: iso(now),
    })
    .execute();
}

export async function insertContact(db: Db, id: string, data: object, now: number): Promise<void> {
  await db
    .insertInto("contacts")
    .values({ id, data: JSON.stringify(data), updated_at: iso(now) })
    .execute();
}

/** A schedule that waits for one step. */
export function waitingFor(step: string, base: number, due: number): Schedule {
  const expires = due + 2 * 24 * 60 * 60 * 1000;
  const position = { step, base, due, expires, attempt: 1, failedChannels: [] };
  return { kind: "step", skipped: [], position };
}

/** Starts one contact enrollment and returns its id; undefined when another one is live. */
export async function startOne(
  db: Db,
  given: { sequence: string; version?: number; contact: string; schedule: Schedule },
  now: number,
): Promise<string | undefined> {
  const target = { type: "contact", id: given.contact } as const;
  const row = {
    id: newId(now),
    sequence: given.sequence,
    version: given.version ?? 1,
    target,
    contactId: given.contact,
    agentId: null,
    liveKey: liveKey("target", target, given.contact),
    schedule: given.schedule,
  };
  const begun = await startEnrollments(db, [row], await readRevision(db), now);
  return [...begun][0];
}

/** The first attempt of a step, by mail, which no halt and no opt-out is about. */
export function mailIntent(enrollment: string, step: string, now: number): Intent {
  return {
    id: newId(now),
    enrollment_id: enrollment,
    step_id: step,
    attempt: 1,
    channel: "email",
    inbox_id: "mail",
    address: "x@example.com",
    conversation_id: null,
    reason: "",
    subject: null,
    body: "",
    html: null,
    simple_html: false,
    template: null,
    due_at: now,
    scopes: [],
    purposes: [],
  };
}
