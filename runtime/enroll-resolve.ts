import type { Kysely } from "kysely";
import { withArticle } from "../core/article.ts";
import type { Program } from "../core/enrollment/index.ts";
import { didYouMean } from "../core/did-you-mean.ts";
import { lockEnrollContext, type EnrollContext } from "../store/enroll-context.ts";
import { liveKey } from "../store/enrollments-start.ts";
import { liveKeyId, readLiveKeys, type UnderWay } from "../store/live-keys.ts";
import type { Schema } from "../store/schema.ts";
import { listSequenceIds, type ActiveVersion } from "../store/sequences.ts";
import { targetKey } from "../store/targets.ts";
import type { Engine } from "./engine.ts";
import type { EnrollRequest, EnrollResult, Refusal } from "./http/ports.ts";
import type { ProblemName } from "./http/problem.ts";

/** A request that names a sequence and a target that go together. */
interface Located {
  readonly index: number;
  readonly request: EnrollRequest;
  readonly version: ActiveVersion;
  readonly program: Program;
  readonly contactId: string;
  readonly liveKey: string;
  /** The live key with its sequence: what a map is keyed by. */
  readonly liveId: string;
}

/** A request that will be carried out. */
export interface Accepted extends Located {
  /** The enrollment that is under way already. */
  readonly live: UnderWay | null;
}

/** Which requests are carried out, and what the others are answered. */
interface Resolved {
  readonly accepted: readonly Accepted[];
  /** By position; null for the accepted. */
  readonly results: (EnrollResult | null)[];
  /** What was there before. */
  readonly stored: EnrollContext;
}

/**
 * Decides which requests can be carried out, before anything is written: a refused one leaves no trace.
 */
export async function resolveRequests(
  trx: Kysely<Schema>,
  engine: Engine,
  requests: readonly EnrollRequest[],
): Promise<Resolved> {
  const results: (EnrollResult | null)[] = requests.map(() => null);
  const located: Located[] = [];
  const context = await loadContext(trx, requests);
  for (const [index, request] of requests.entries()) {
    const found = locate(request, context);
    if ("refused" in found) {
      results[index] = found;
      continue;
    }
    const { version, contactId } = found;
    const program = await engine.program(trx, version.id, version.version);
    const key = liveKey(program.sequence.onePer, request.target, contactId);
    const liveId = liveKeyId(request.sequence, key);
    located.push({ index, request, version, program, contactId, liveKey: key, liveId });
  }
  const byContact = located.filter(({ program }) => program.sequence.onePer === "contact");
  const ofContacts = await readLiveKeys(
    trx,
    byContact.map((one) => ({ sequence: one.request.sequence, liveKey: one.liveKey })),
  );
  const accepted: Accepted[] = [];
  for (const one of located) {
    const state = context.stored.keys.get(one.liveId) ?? ofContacts.get(one.liveId);
    const { live = null, ended = false } = state ?? {};
    const refusal = live === null ? refusalOf(one, ended) : null;
    if (refusal === null) accepted.push({ ...one, live });
    else results[one.index] = { refused: refusal };
  }
  return { accepted, results, stored: context.stored };
}

interface Context {
  readonly stored: EnrollContext;
  readonly sequenceIds: readonly string[];
  /** Whose each target is. Grows with the targets that requests before this one create. */
  readonly owners: Map<string, string>;
  /** Grows with the contacts that requests before this one create. */
  readonly contacts: Set<string>;
}

async function loadContext(
  trx: Kysely<Schema>,
  requests: readonly EnrollRequest[],
): Promise<Context> {
  const named = requests.flatMap(({ target, contact, data }) => [
    ...(target.type === "contact" ? [target.id] : []),
    ...[contact?.id, data?.contactId].filter((id) => typeof id === "string"),
  ]);
  const stored = await lockEnrollContext(trx, requests, named);
  const isKnown = requests.every(({ sequence }) => stored.versions.has(sequence));
  const sequenceIds = isKnown ? [] : await listSequenceIds(trx);
  const owners = new Map([...stored.targets].map(([key, target]) => [key, target.contact_id]));
  return { stored, sequenceIds, owners, contacts: new Set(stored.contacts.keys()) };
}

/** Finds a request's version and contact, or why it has none. */
function locate(
  request: EnrollRequest,
  context: Context,
): { readonly version: ActiveVersion; readonly contactId: string } | { readonly refused: Refusal } {
  const { sequence, target, contact, data } = request;
  const version = context.stored.versions.get(sequence);
  if (version === undefined) return refuse("unknown-sequence", unknownSequence(sequence, context));
  if (version.target !== target.type) {
    return refuse(
      "wrong-target-type",
      `${sequence} is about ${withArticle(version.target)}, not about ${withArticle(target.type)}`,
    );
  }
  const key = targetKey(target);
  const owner = target.type === "contact" ? target.id : context.owners.get(key);
  const contactId = owner ?? data?.contactId ?? contact?.id;
  if (contactId == null) {
    return data === null
      ? refuse("unknown-target", unknownTarget(target))
      : refuse(
          "contact-missing",
          `Say whose ${target.type} ${target.id} is: \`contact.id\`, or \`contact_id\` in \`data\``,
        );
  }
  for (const named of [contact?.id, data?.contactId]) {
    if (named == null || named === contactId) continue;
    return owner === undefined || target.type === "contact"
      ? refuse("contact-mismatch", `The request names two contacts, ${contactId} and ${named}`)
      : refuse("other-contact", `${target.type} ${target.id} belongs to contact ${owner}`);
  }
  if (target.type !== "contact" && owner === undefined && data === null) {
    return refuse("unknown-target", unknownTarget(target));
  }
  const isGiven = contact !== null || (target.type === "contact" && data !== null);
  if (!isGiven && !context.contacts.has(contactId)) {
    return refuse(
      "unknown-contact",
      `There is no contact ${contactId}; send it as \`contact\`, or PUT /v1/contacts/${encodeURIComponent(contactId)} first`,
    );
  }
  context.contacts.add(contactId);
  if (target.type !== "contact") context.owners.set(key, contactId);
  return { version, contactId };
}

/** Why a located request cannot begin, where none is under way. */
function refusalOf({ request, version, program }: Located, ended: boolean): Refusal | null {
  if (version.state === "retired") {
    return {
      problem: "retired-sequence",
      detail: `${version.id} was retired: it takes no new enrollments`,
    };
  }
  if (ended && program.sequence.reenroll === "never") {
    return {
      problem: "not-reenrolled",
      detail: `${request.target.type} ${request.target.id} has been through ${version.id}, which takes it only once (reenroll: never)`,
    };
  }
  return null;
}

function refuse(problem: ProblemName, detail: string): { readonly refused: Refusal } {
  return { refused: { problem, detail } };
}

function unknownSequence(given: string, { sequenceIds }: Context): string {
  const guess = didYouMean(given, sequenceIds);
  if (guess !== undefined) return `There is no sequence ${given}; did you mean ${guess}?`;
  if (sequenceIds.length === 0) return `There is no sequence ${given}; none is published yet`;
  return `There is no sequence ${given}; GET /v1/sequences lists them`;
}

function unknownTarget({ type, id }: EnrollRequest["target"]): string {
  return `There is no ${type} ${id}; send its fields as \`data\`, or PUT /v1/${type}s/${encodeURIComponent(id)} first`;
}
