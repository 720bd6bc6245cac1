import type { Workspace } from "../../core/enrollment/index.ts";
import type { SequenceDiff } from "../../core/language/diff/index.ts";
import type { CompiledVersion, Persona } from "../../core/language/index.ts";
import { previewOf, type Preview } from "../previews.ts";
import { fits } from "../workspace.ts";
import type { ComparedPreview } from "./types.ts";

/** What previews are made with on either side. */
export interface Rooms {
  readonly before: Workspace | null;
  readonly after: Workspace | null;
  /** Those of the merge's result, for both sides: what differs is then what this change does. */
  readonly personas: readonly Persona[];
  /** Epoch ms. */
  readonly start: number;
}

/** What each persona gets of a sequence, before and after, where it is not the same. */
export function comparePreviews(
  { before, after }: Pick<SequenceDiff, "before" | "after">,
  rooms: Rooms,
): ComparedPreview[] {
  const { personas, start } = rooms;
  const previewIn = (version: CompiledVersion | null, workspace: Workspace | null, to: Persona) => {
    if (version === null || workspace === null || !fits(version, to)) return null;
    return previewOf(version, to, workspace, start);
  };
  return personas
    .map((persona) => ({
      persona: persona.id,
      before: previewIn(before, rooms.before, persona),
      after: previewIn(after, rooms.after, persona),
    }))
    .filter((compared) => textOf(compared.before) !== textOf(compared.after));
}

function textOf(preview: Preview | null): string {
  return JSON.stringify(preview);
}
