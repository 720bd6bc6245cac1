import type { Transaction } from "kysely";
import type { Schema } from "./schema.ts";

/** What a sequence points to now, and every version it ever had, by digest. */
interface KnownSequence {
  readonly name: string;
  readonly active: number;
  readonly state: "active" | "retired";
  readonly versions: ReadonlyMap<string, number>;
}

export type KnownSequences = ReadonlyMap<string, KnownSequence>;

/** Every sequence that was ever published. */
export async function readKnownSequences(
  db: Pick<Transaction<Schema>, "selectFrom">,
): Promise<KnownSequences> {
  const sequences = await db
    .selectFrom("sequences")
    .select(["id", "name", "active_version", "state"])
    .execute();
  const versions = await db
    .selectFrom("sequence_versions")
    .select(["sequence_id", "version", "digest"])
    .execute();
  const byId = Map.groupBy(versions, (row) => row.sequence_id);
  return new Map(
    sequences.map(({ id, name, active_version: active, state }) => {
      const own = byId.get(id) ?? [];
      return [
        id,
        { name, active, state, versions: new Map(own.map((row) => [row.digest, row.version])) },
      ];
    }),
  );
}

/** The sequences that are not retired. */
export function activeIds(known: KnownSequences): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const [id, { state }] of known) if (state === "active") ids.add(id);
  return ids;
}

/** What a commit has published. */
interface Published {
  readonly sequences: readonly {
    readonly id: string;
    readonly digest: string;
    readonly document: { readonly name?: string };
  }[];
  /** The version that each now points to. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly retired: readonly string[];
}

/** The sequences after a commit was published: what `readKnownSequences` would then read. Pure. */
export function knownAfter(
  known: KnownSequences,
  { sequences, numbers, retired }: Published,
): KnownSequences {
  const after = new Map(known);
  for (const { id, digest, document } of sequences) {
    const before = known.get(id);
    const active = numbers.get(id)!;
    const name = document.name ?? id;
    const isKnown = before?.versions.has(digest) === true;
    const isSame = before?.active === active && before.state === "active" && before.name === name;
    if (isKnown && isSame) continue;
    const versions = isKnown ? before.versions : new Map(before?.versions).set(digest, active);
    after.set(id, { name, active, state: "active", versions });
  }
  for (const id of retired) after.set(id, { ...known.get(id)!, state: "retired" });
  return after;
}
