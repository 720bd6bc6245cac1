import type { AttributeDeclaration } from "../../core/language/document.ts";
import type { Client } from "../client.ts";
import type { LiveEnrollments, Plan, PlannedSequence } from "./types.ts";

interface Summary {
  readonly id: string;
  readonly state: "active" | "retired";
  readonly active_version: number;
}

interface Detail extends Summary {
  readonly live_enrollments: readonly {
    readonly version: number;
    readonly step: string | null;
    readonly count: number;
  }[];
}

interface Version {
  readonly version: number;
  readonly digest: string;
}

/**
 * The plan with what a running server knows: version numbers, who is under way, and which attributes
 * are there. What a sequence becomes is decided by the files, not by the server.
 * @throws UsageError, Refused
 */
export async function withLive(plan: Plan, client: Client): Promise<Plan> {
  const known = new Map((await all<Summary>(client, "/v1/sequences")).map((one) => [one.id, one]));
  const attributes = await all<AttributeDeclaration>(client, "/v1/attributes");
  const sequences: PlannedSequence[] = [];
  const notes = [...plan.notes];
  for (const planned of plan.sequences) {
    const live = known.get(planned.id);
    const { action, breaking, previews } = planned;
    const isUntouched = action === "none" && breaking.length === 0 && previews.length === 0;
    if (live === undefined) {
      sequences.push({ ...planned, to: action === "retire" ? null : 1, live_enrollments: NOBODY });
    } else if (isUntouched) {
      const version = live.active_version;
      sequences.push({ ...planned, from: version, to: version });
    } else {
      const versions = await all<Version>(client, `/v1/sequences/${planned.id}/versions`);
      const { body } = await client.request<Detail>("GET", `/v1/sequences/${planned.id}`);
      sequences.push(numbered(planned, body, versions));
      notes.push(...driftOf(planned, body, versions, plan.against));
    }
  }
  const there = new Set(attributes.map(nameOf));
  return {
    ...plan,
    sequences,
    notes,
    attributes: plan.attributes.filter((attribute) => !there.has(nameOf(attribute))),
  };
}

const NOBODY: LiveEnrollments = { total: 0, versions: [] };

function numbered(
  planned: PlannedSequence,
  live: Detail,
  versions: readonly Version[],
): PlannedSequence {
  const { digests } = planned;
  // A digest that the sequence has had before is that version again.
  const same = versions.find(({ digest }) => digest === digests.after);
  const newest = Math.max(0, ...versions.map(({ version }) => version));
  return {
    ...planned,
    from: live.state === "active" ? live.active_version : null,
    to: digests.after === null ? null : (same?.version ?? newest + 1),
    live_enrollments: totalled(live.live_enrollments),
  };
}

function totalled(counts: Detail["live_enrollments"]): LiveEnrollments {
  const sum = (some: Detail["live_enrollments"]) =>
    some.reduce((total, { count }) => total + count, 0);
  const versions = [...Map.groupBy(counts, ({ version }) => version)].map(([version, own]) => ({
    version,
    total: sum(own),
    steps: own.map(({ step, count }) => ({ step, count })),
  }));
  return { total: sum(counts), versions };
}

/** A server that runs another version than the branch holds, before anything is merged. */
function driftOf(
  { id, digests }: PlannedSequence,
  live: Summary,
  versions: readonly Version[],
  against: string,
): string[] {
  const active = versions.find(({ version }) => version === live.active_version);
  if (digests.before === null || active?.digest === digests.before) return [];
  return [
    `the server runs ${id}@${live.active_version}, which is not what ${against} holds; see cadenza status`,
  ];
}

/** Every page of a list. */
async function all<T>(client: Client, path: string): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor = "";
  for (;;) {
    const query = path === "/v1/attributes" ? "" : `?limit=200${cursor}`;
    const { body } = await client.request<{ data: T[]; next_cursor: string | null }>(
      "GET",
      `${path}${query}`,
    );
    rows.push(...body.data);
    if (body.next_cursor === null) return rows;
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
}

function nameOf({ entity, key }: Pick<AttributeDeclaration, "entity" | "key">): string {
  return `${entity}.${key}`;
}
