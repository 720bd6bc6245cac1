import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openGit } from "../../controller/git.ts";
import type { Reconciler } from "../../controller/reconcile.ts";
import { sourceOf, type SourceSettings } from "../../controller/source.ts";
import type { Database, Db } from "../../store/database.ts";
import { testClock, type TestClock } from "../support/clock.ts";
import { openTestDatabase } from "../support/embedded.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";

/** A repository, a mirror and a reconciler of their own, on a database that is emptied first. */
export interface Scenario {
  readonly db: Db;
  readonly repository: TestRepository;
  readonly dataDir: string;
  readonly clock: TestClock;
  readonly reconciler: Reconciler;
  /** Another one on the same database, with a mirror of its own: a second controller. */
  another(settings?: Partial<SourceSettings>): Promise<Reconciler>;
  settings(given?: Partial<SourceSettings>): SourceSettings;
  remove(): Promise<void>;
}

const START = "2026-03-02T09:00:00Z";

/** A source's settings, where nothing is set but its address. */
export function sourceAt(url: string, given: Partial<SourceSettings> = {}): SourceSettings {
  const unset = { branch: null, token: null, sshKey: null, knownHosts: null };
  return { url, path: "cadences", ...unset, ...given };
}

/**
 * Begins each test of a file with a scenario of its own, on one database for all of them.
 * @param begin is given the scenario before the test runs
 */
export function useScenario(
  begin: (scenario: Scenario) => void,
  open: () => Promise<Database> = openTestDatabase,
): void {
  let database: Database;
  let scenario: Scenario;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    scenario = await createScenario(database.db);
    begin(scenario);
  });
  afterEach(() => scenario.remove());
}

async function createScenario(db: Db): Promise<Scenario> {
  await forgetEverything(db);
  const repository = await createRepository();
  const dataDir = await mkdtemp(join(tmpdir(), "cadenza-data-"));
  const clock = testClock(START);
  const settings = (given: Partial<SourceSettings> = {}) =>
    sourceAt(repository.path, { branch: "main", ...given });
  const another = async (given: Partial<SourceSettings> = {}): Promise<Reconciler> => {
    const source = sourceOf(settings(given));
    const folder = await mkdtemp(join(dataDir, "mirror-"));
    return { db, clock, source, git: await openGit(source, folder) };
  };
  return {
    db,
    repository,
    dataDir,
    clock,
    settings,
    another,
    reconciler: await another(),
    async remove() {
      await repository.remove();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function forgetEverything(db: Db): Promise<void> {
  for (const table of [
    "reconciliations",
    "sequence_versions",
    "sequences",
    "custom_attributes",
    "inboxes",
    "workspace_policy",
    "source_state",
  ] as const) {
    await db.deleteFrom(table).execute();
  }
  await db.insertInto("source_state").values({ id: 1 }).execute();
}

export const workspace = (extra = "") => `kind: Workspace\nname: Test\ntimezone: UTC\n${extra}`;

export const sequence = (id: string, body = "Hello") =>
  [
    "kind: Sequence",
    `id: ${id}`,
    "target: contact",
    "steps:",
    "  - id: a",
    "    wait: immediately",
    "    channel: email",
    `    content: { subject: Hi, body: "${body}" }`,
    "",
  ].join("\n");

type Files = Readonly<Record<string, string | null>>;

/** The files of a workspace with these sequences, below `cadences/`. */
export function workspaceWith(ids: readonly string[], files: Files = {}): Files {
  const inbox = "kind: Inbox\nid: mail\nchannel: email\nprovider: outbox\nfrom: a@example.com\n";
  const sequences = ids.map((id) => [`cadences/${id}.yaml`, sequence(id)] as const);
  return {
    "cadences/cadenza.yaml": workspace(),
    "cadences/mail.yaml": inbox,
    ...Object.fromEntries(sequences),
    ...files,
  };
}

/** A change that deletes the files of these sequences. */
export const without = (...ids: readonly string[]): Files =>
  Object.fromEntries(ids.map((id) => [`cadences/${id}.yaml`, null]));

/** `welcome: "active@2"` for each sequence. */
export async function liveIn(db: Db): Promise<Readonly<Record<string, string>>> {
  const rows = await db
    .selectFrom("sequences")
    .select(["id", "state", "active_version"])
    .orderBy("id")
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, `${row.state}@${row.active_version}`]));
}

/** Every reconciliation's outcome and reason, the oldest first. */
export async function recordedIn(db: Db): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("reconciliations")
    .select(["outcome", "reason"])
    .orderBy("id")
    .execute();
  return rows.map(({ outcome, reason }) => `${outcome} ${reason}`);
}

/** The condition types that are true, with their reasons. */
export async function conditionsIn(db: Db): Promise<Readonly<Record<string, string>>> {
  const { conditions } = await db
    .selectFrom("source_state")
    .select("conditions")
    .executeTakeFirstOrThrow();
  const holding = conditions.filter(({ status }) => status);
  return Object.fromEntries(holding.map(({ type, reason }) => [type, reason]));
}

/** Files that git keeps in one and the same folder of its objects, where it looks whether they are many. */
export function manyObjects(count = 40): Files {
  const idOf = (text: string) =>
    createHash("sha1").update(`blob ${text.length}\0${text}`).digest("hex");
  const files: Record<string, string> = {};
  for (let index = 0; Object.keys(files).length < count; index += 1) {
    const text = `${index}\n`;
    if (idOf(text).startsWith("17")) files[`notes/${index}.txt`] = text;
  }
  return files;
}

/** How many objects a mirror keeps one by one. */
export async function looseObjectsIn(dataDir: string): Promise<number> {
  const folder = join(dataDir, "source.git/objects");
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{38}$/.test(name)).length;
}
