import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan, PlannedSequence } from "../../../cli/plan/types.ts";
import { FILES } from "../../core/language/diff/states.ts";
import { cadenza, type Ran } from "../../support/cli.ts";
import { createRepository, type TestRepository } from "../../support/git-remote.ts";

const PERSONA = `kind: Persona
id: ana
contact: { first_name: Ana, email: ana@example.com, phone: "+15550101", timezone: Europe/Lisbon }
`;

/** A repository with the workspace that the tests of differences use, on a branch beside `main`. */
export interface Planned extends TestRepository {
  /** Writes files of the workspace, without a commit; null is not meant for these. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Replaces a text of one file, without a commit. */
  edit(file: string, from: string | RegExp, to: string): Promise<void>;
  plan(...options: string[]): Promise<Ran>;
  /** The plan as data. @throws when there is none */
  planned(...options: string[]): Promise<Plan & { readonly code: number }>;
}

export const START = "2026-03-02T10:00:00+00:00";

export async function plannedRepository(): Promise<Planned> {
  const repository = await createRepository();
  const files = { ...FILES, "ana.yaml": PERSONA };
  const at = (name: string) => join(repository.path, "cadences", name);
  await repository.commit(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`cadences/${name}`, text])),
  );
  await repository.git("checkout", "--quiet", "-b", "topic");
  const plan = (...options: string[]) =>
    cadenza(["plan", "--against", "main", ...options], {
      cwd: join(repository.path, "cadences"),
      env: { CADENZA_CACHE: "off", CADENZA_API_KEY: "key" },
    });
  return {
    ...repository,
    plan,
    async planned(...options) {
      const { code, out, err } = await plan("--output", "json", ...options);
      if (out === "") throw new Error(err);
      return { ...(JSON.parse(out) as Plan), code };
    },
    async write(changed) {
      for (const [name, text] of Object.entries(changed)) await writeFile(at(name), text);
    },
    async edit(file, from, to) {
      const text = files[file as keyof typeof files] ?? "";
      if (text.replace(from, to) === text) throw new Error(`${String(from)} is not in ${file}`);
      await writeFile(at(file), text.replace(from, to));
    },
  };
}

export function sequenceIn({ sequences }: Plan, id = "visit"): PlannedSequence {
  const found = sequences.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no ${id} in the plan`);
  return found;
}
