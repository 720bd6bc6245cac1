import type { Kysely } from "kysely";
import { approveDraft, discardDraft, lockDraft, type Draft } from "../../store/drafts.ts";
import type { Schema } from "../../store/schema.ts";
import type { Engine } from "../engine.ts";
import type { ActionResult } from "../http/ports.ts";
import type { ProblemName } from "../http/problem.ts";
import { load, skip } from "../operate.ts";

/** What a person wrote instead of the draft; a subject that is absent stays. */
export interface Edit {
  readonly subject: string | null;
  readonly body: string;
}

/**
 * Lets a draft go, as it is or as a person wrote it. Every rule of a send is asked again before it is sent.
 * @param now epoch ms
 */
export async function approve(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  edit: Edit | null,
  by: string,
  now: number,
): Promise<ActionResult> {
  const found = await lockAwaiting(trx, engine, id, now);
  if ("refused" in found) return found;
  await approveDraft(trx, found.draft, edit, by, now);
  return { done: true };
}

/** Passes the step over: nothing of it is sent. */
export async function discard(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  by: string,
  now: number,
): Promise<ActionResult> {
  const found = await lockAwaiting(trx, engine, id, now);
  if ("refused" in found) return found;
  await discardDraft(trx, found.draft, by, now);
  return skip(trx, engine, found.draft.enrollment_id, by, now);
}

/** A draft that still waits for a decision: its enrollment stands at its step, and it has not expired. */
async function lockAwaiting(
  trx: Kysely<Schema>,
  engine: Engine,
  id: string,
  now: number,
): Promise<{ readonly draft: Draft } | Extract<ActionResult, { refused: object }>> {
  const draft = await lockDraft(trx, id);
  if (draft === null) return refuse("not-found", `There is no draft ${id}`);
  const decided = draft.decided_by === null ? "" : ` by ${draft.decided_by}`;
  if (draft.state !== "awaiting") {
    return refuse(
      "wrong-state",
      `Draft ${id} is ${draft.state}${decided}; it waits for no decision`,
    );
  }
  if (draft.expires_at.getTime() <= now) {
    return refuse("wrong-state", `Draft ${id} has expired`);
  }
  const loaded = await load(trx, engine, draft.enrollment_id);
  if (loaded?.enrollment.step_id !== draft.step_id) {
    return refuse("wrong-state", `The enrollment of draft ${id} has moved on`);
  }
  return { draft };
}

function refuse(problem: ProblemName, detail: string) {
  return { refused: { problem, detail } } as const;
}
