import type { ComparedPreview } from "../../plan/types.ts";
import type { Preview } from "../../previews.ts";
import { isChange } from "./line-diff.ts";
import { changeIn, rowsOf, type Row } from "./rows.ts";

/** Personas for whom a change is the same. */
export interface Audience {
  readonly personas: readonly string[];
  readonly rows: readonly Row[];
}

/** For whom a sequence changes. */
export interface Audiences {
  /** First those with the most to read; the same change of words is told once. */
  readonly reached: readonly Audience[];
  /** Personas to whom nothing is sent, before or after. */
  readonly unreached: readonly string[];
}

/** Puts those together who get the same, so that a reviewer reads it once. */
export function audiencesOf(previews: readonly ComparedPreview[]): Audiences {
  const told = previews
    .filter(isReached)
    .map((compared) => ({ persona: compared.persona, rows: rowsOf(compared) }));
  const alike = Map.groupBy(told, ({ rows }) => rows.map(changeIn).join("\n"));
  const reached = [...alike.values()]
    .map((group) => ({
      personas: group.map(({ persona }) => persona),
      rows: group[0]?.rows ?? [],
    }))
    .toSorted((a, b) => textsIn(b) - textsIn(a));
  return {
    reached: withoutRepeats(reached),
    unreached: previews.filter((one) => !isReached(one)).map(({ persona }) => persona),
  };
}

/** Whether anything is sent to a persona, before or after. */
export function isReached({ before, after }: ComparedPreview): boolean {
  return sends(before) || sends(after);
}

function sends(preview: Preview | null): boolean {
  return preview?.steps.some(({ skipped }) => skipped === null) ?? false;
}

function textsIn({ rows }: Audience): number {
  return rows.filter(({ text }) => text.length > 0).length;
}

function withoutRepeats(audiences: readonly Audience[]): Audience[] {
  const told = new Map<string, string>();
  return audiences.map(({ personas, rows }) => ({
    personas,
    rows: rows.map((row) => {
      const change = JSON.stringify([row.step, row.text.filter(isChange)]);
      const alike = told.get(change);
      if (row.text.length > 0 && alike !== undefined) return { ...row, text: [], alike };
      told.set(change, personas[0] ?? "");
      return row;
    }),
  }));
}
