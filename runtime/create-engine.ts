import type { Kysely } from "kysely";
import { compileProgram, type Program, type Workspace } from "../core/enrollment/index.ts";
import { loadCalendar } from "../core/time/index.ts";
import type { Schema } from "../store/schema.ts";
import { readDocument, readRevision, readWorkspace } from "../store/workspace.ts";
import { UnusableVersion, versionKey, type Engine } from "./engine.ts";
import type { UnsubscribeLinks } from "./unsubscribe.ts";

/** Versions in use at one time; one is a few kB compiled. */
const PROGRAMS = 500;

/** Nothing has been published yet, so there is nothing to run by. */
export class NothingPublished extends Error {
  override readonly name = "NothingPublished";
}

/**
 * Caches the live workspace by its revision and published versions for good: a version never changes.
 * The revision is read each time, so that a policy change applies at once, in every process.
 */
export function createEngine(links: UnsubscribeLinks): Engine {
  let current: { revision: string; workspace: Workspace } | null = null;
  const programs = new Map<string, Program>();

  return {
    async workspace(db, known) {
      const now = known === undefined ? await readRevision(db) : known;
      if (current !== null && current.revision === now) return current.workspace;
      const stored = await readWorkspace(db);
      if (stored === null) throw new NothingPublished("Nothing has been published yet");
      const { policy, inboxes, revision } = stored;
      const calendar = await loadCalendar(policy);
      const workspace = {
        policy,
        calendar,
        inboxes: new Map(inboxes.map((inbox) => [inbox.id, inbox])),
        unsubscribeUrl: links.urlOf,
      };
      current = { revision, workspace };
      return workspace;
    },
    async program(db, sequence, version) {
      const key = versionKey(sequence, version);
      const known = programs.get(key);
      if (known !== undefined) return known;
      const program = compile(await documentOf(db, sequence, version));
      if (programs.size >= PROGRAMS) programs.delete(programs.keys().next().value ?? "");
      programs.set(key, program);
      return program;
    },
  };
}

async function documentOf(db: Kysely<Schema>, sequence: string, version: number) {
  const document = await readDocument(db, sequence, version);
  if (document === null) throw new UnusableVersion(`${sequence}@${version} was never published`);
  return document;
}

function compile(document: Parameters<typeof compileProgram>[0]): Program {
  try {
    return compileProgram(document);
  } catch (cause) {
    throw new UnusableVersion(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
