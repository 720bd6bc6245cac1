import { randomBytes } from "node:crypto";
import { breachOf } from "../../core/ai/guard.ts";
import { maxCharactersOf, promptFor } from "../../core/ai/prompt.ts";
import type { Clock } from "../../core/clock.ts";
import { loadLive, type LiveEnrollment } from "../../store/chunk-load.ts";
import type { Db } from "../../store/database.ts";
import {
  claimWanted,
  dropDraft,
  recordWritten,
  type Draft,
  type Written,
} from "../../store/drafts.ts";
import type { Engine } from "../engine.ts";
import { situationOf } from "../execute/situation.ts";
import type { Log } from "../log.ts";
import type { Model } from "./model.ts";

export interface Composition {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  /** Null: no model is set, and the static texts are used. */
  readonly model: Model | null;
  readonly log: Log;
  /** Counts what was used. */
  used(model: string, promptTokens: number, completionTokens: number, cost: number): void;
}

/** As many drafts are written at once. */
const AT_ONCE = 8;
/** Longer than the model's patience: a process that died leaves its drafts to another. */
const LEASE_MS = 60_000;
/** A draft that took as many processes down gets the static text. */
const MOST_TRIES = 3;
/** Generous: four characters make a token in most texts, fewer in some languages. */
const CHARACTERS_A_TOKEN = 2;

/**
 * Writes the drafts that are wanted. What the model says is checked before anybody sees it; where it fails
 * or breaks a rule the static text takes its place, and a person is told why.
 * @returns how many were written
 */
export async function composeDrafts(composition: Composition): Promise<number> {
  const { db, clock, log } = composition;
  const drafts = await claimWanted(db, AT_ONCE, LEASE_MS, clock.now());
  if (drafts.length === 0) return 0;
  const rows = await loadLive(
    db,
    drafts.map((draft) => draft.enrollment_id),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const written = await Promise.allSettled(
    drafts.map((draft) => composeOne(composition, draft, byId.get(draft.enrollment_id))),
  );
  for (const one of written) {
    if (one.status === "rejected") log.error("draft_failed", { error: String(one.reason) });
  }
  return drafts.length;
}

async function composeOne(
  composition: Composition,
  draft: Draft,
  row: LiveEnrollment | undefined,
): Promise<void> {
  const { db, clock } = composition;
  if (row === undefined || row.step_id !== draft.step_id) return dropDraft(db, draft.id);
  const written = await write(composition, draft, row);
  await db.transaction().execute((trx) => recordWritten(trx, draft, written, clock.now()));
}

const UNWRITTEN: Omit<Written, "problem"> = {
  subject: null,
  body: null,
  prompt: null,
  model: null,
  promptTokens: 0,
  completionTokens: 0,
  cost: 0,
};

async function write(
  { db, engine, model, used }: Composition,
  draft: Draft,
  row: LiveEnrollment,
): Promise<Written> {
  if (model === null) return { ...UNWRITTEN, problem: "no model is set" };
  if (draft.tries > MOST_TRIES) return { ...UNWRITTEN, problem: "it could not be written" };
  const program = await engine.program(db, row.sequence_id, row.version);
  const ai = program.steps[program.indexOf(draft.step_id)]?.step.ai;
  if (ai === undefined) return { ...UNWRITTEN, problem: "the step has no intent" };
  const { facts } = situationOf(row, program, await engine.workspace(db));
  const maxCharacters = maxCharactersOf(ai, draft.channel);
  const staticText = draft.static_body;
  const brief = { ai, channel: draft.channel, staticText, maxCharacters, facts };
  const prompt = promptFor(brief, randomBytes(8).toString("hex"));
  const asked = { prompt, model: model.name };
  const answer = await model.ask(prompt, Math.ceil(maxCharacters / CHARACTERS_A_TOKEN));
  if (answer.kind === "failed") return { ...UNWRITTEN, ...asked, problem: answer.problem };
  const { text, promptTokens, completionTokens } = answer;
  const cost = model.costOf(promptTokens, completionTokens);
  used(model.name, promptTokens, completionTokens, cost);
  const breach = breachOf(text, {
    staticText,
    maxCharacters,
    required: ai.required_phrases ?? [],
    forbidden: ai.forbidden_phrases ?? [],
  });
  const spent = { promptTokens, completionTokens, cost };
  if (breach !== null) return { ...UNWRITTEN, ...asked, ...spent, problem: `refused: ${breach}` };
  return { ...UNWRITTEN, ...asked, ...spent, body: text, problem: null };
}
