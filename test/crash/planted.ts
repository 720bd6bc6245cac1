import type { Role } from "./actor.ts";

/** A protection that is taken out on purpose, to see that the matrix notices. */
interface Planted {
  /** In whose statements. */
  readonly role: Role;
  /** What a statement says, and what it says instead. */
  readonly changes: readonly (readonly [RegExp, string])[];
}

const NO_TRANSACTION: Planted["changes"] = [[/^(?:begin|commit|rollback)$/i, "select 1"]];

export const PLANTED = {
  /** The fence between two runs of one chunk, and the look at what the first had begun. */
  "no-fence": {
    role: "worker",
    changes: [
      [/(m\.run is distinct from \$\d+::integer)/, "$1 and false"],
      [
        /m\.state = 'sending'\s+and m\.chunk_id = (\$\d+::uuid) and m\.run = (\$\d+::integer)/,
        "m.state = 'sending' and $1 is not null and $2 is not null",
      ],
    ],
  },
  /** What is written down before the provider is called does not say that it is called. */
  "no-intent": {
    role: "worker",
    changes: [
      [/'sending', w\.channel/, "'pending', w.channel"],
      [/m\.state in \('sending', 'unknown'\)/, "m.state in ('sending', 'unknown', 'pending')"],
    ],
  },
  /** A commit is published piece by piece. */
  "no-transaction": { role: "controller", changes: NO_TRANSACTION },
  /** A chunk and its job are two commits, and nobody looks for chunks without a job. */
  "no-sweeper": {
    role: "dispatcher",
    changes: [
      ...NO_TRANSACTION,
      [
        /where not exists \(\s*select from pgboss\.job/,
        "where false and not exists (select from pgboss.job",
      ],
    ],
  },
} as const satisfies Record<string, Planted>;

export type PlantedName = keyof typeof PLANTED;

export function isPlanted(name: string): name is PlantedName {
  return name in PLANTED;
}

/** A statement, as it is without the protection. */
export function rewritten(sql: string, name: PlantedName): string {
  const { changes }: Planted = PLANTED[name];
  return changes.reduce((text, [from, to]) => text.replace(from, to), sql);
}
