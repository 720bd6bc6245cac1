import type { Kysely } from "kysely";
import { withArticle } from "../core/article.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import type { Program, Workspace } from "../core/enrollment/index.ts";
import type { TargetType } from "../core/language/document.ts";
import { previewProgram, type Preview } from "../core/preview/index.ts";
import { loadPerson, type Person } from "../store/person.ts";
import type { Schema } from "../store/schema.ts";
import { listSequenceIds, readActiveVersions, type ActiveVersion } from "../store/sequences.ts";
import { readTargets, targetKey } from "../store/targets.ts";
import type { Engine } from "./engine.ts";
import { situationOf } from "./execute/situation.ts";
import type { PreviewRequest, PreviewResult, Refusal } from "./http/ports.ts";
import type { ProblemName } from "./http/problem.ts";

/**
 * Shows what the active version of a sequence would say to a contact as they are now; without a
 * sequence, only what is known about them. Nothing is written and nobody is written to.
 * @param now epoch ms
 */
export async function previewContact(
  db: Kysely<Schema>,
  engine: Engine,
  request: PreviewRequest,
  now: number,
): Promise<PreviewResult> {
  const version = await findVersion(db, request);
  if (version !== null && "refused" in version) return version;
  const found = await findPerson(db, request, version?.target);
  if ("refused" in found) return found;
  const { person, target } = found;
  const start = request.start ?? now;
  const known = { person: person.contact_id, target, known: person } as const;
  if (version === null) return { ...known, sequence: null, version: null, preview: null };
  const program = await engine.program(db, version.id, version.version);
  const preview = previewPerson(program, person, target, await engine.workspace(db), start);
  return { ...known, sequence: version.id, version: version.version, preview };
}

/**
 * A program's preview for a real contact. No link in it opts anybody out.
 * @param start epoch ms
 */
function previewPerson(
  program: Program,
  person: Person,
  target: { readonly type: TargetType; readonly id: string },
  workspace: Workspace,
  start: number,
): Preview {
  const { contact_id: persona } = person;
  const situation = personSituation(program, person, target, workspace, start);
  return previewProgram(program, { persona, situation }, start);
}

/** A real contact as one whose enrollment begins at `start` (epoch ms). */
export function personSituation(
  program: Program,
  person: Person,
  target: { readonly type: TargetType; readonly id: string },
  workspace: Workspace,
  start: number,
) {
  const row = {
    ...person,
    id: "preview",
    started_at: start,
    target_type: target.type,
    target_id: target.id,
  };
  const harmless = { ...workspace, unsubscribeUrl: () => "https://example.com/u/preview" };
  return situationOf(row, program, harmless);
}

type Refused = { readonly refused: Refusal };

async function findVersion(
  db: Kysely<Schema>,
  { sequence }: PreviewRequest,
): Promise<ActiveVersion | Refused | null> {
  if (sequence === null) return null;
  const version = (await readActiveVersions(db, [sequence])).get(sequence);
  if (version !== undefined) return version;
  const guess = didYouMean(sequence, await listSequenceIds(db));
  const hint = guess === undefined ? "" : `; did you mean ${guess}?`;
  return refuse("unknown-sequence", `There is no sequence ${sequence}${hint}`);
}

async function findPerson(
  db: Kysely<Schema>,
  { sequence, contact, target }: PreviewRequest,
  about: TargetType | undefined,
) {
  const type = target?.type ?? about ?? "contact";
  if (about !== undefined && type !== about) {
    return refuse(
      "wrong-target-type",
      `${sequence} is about ${withArticle(about)}, not about ${withArticle(type)}`,
    );
  }
  const id = target?.id ?? null;
  const owner = id === null || type === "contact" ? id : await ownerOf(db, type, id);
  if (owner === undefined) return refuse("unknown-target", `There is no ${type} ${id}`);
  const contactId = contact ?? owner;
  if (contactId === null) {
    return refuse("contact-missing", "Say who: `contact`, or a `target` with its `id`");
  }
  if (owner !== null && contactId !== owner) {
    return refuse("contact-mismatch", `${type} ${id} belongs to contact ${owner}`);
  }
  const person = await loadPerson(db, contactId, { type, id });
  if (person === null) return refuse("unknown-contact", `There is no contact ${contactId}`);
  const targetId = type === "contact" ? contactId : person.target_id;
  if (targetId === null) {
    return refuse("unknown-target", `Contact ${contactId} has no ${type}`);
  }
  return { person, target: { type, id: targetId } };
}

async function ownerOf(db: Kysely<Schema>, type: Exclude<TargetType, "contact">, id: string) {
  const target = (await readTargets(db, [{ type, id }])).get(targetKey({ type, id }));
  return target?.contact_id;
}

function refuse(problem: ProblemName, detail: string): Refused {
  return { refused: { problem, detail } };
}
