import {
  compileProgram,
  sampleSituation,
  type Situation,
  type Workspace,
} from "../core/enrollment/index.ts";
import type { CompiledVersion, Persona } from "../core/language/index.ts";
import { previewProgram, type Preview } from "../core/preview/index.ts";

export type { Preview, PreviewedStep } from "../core/preview/index.ts";

/** A preview with all that it was made from: what a report is drawn with. */
export interface PreviewCase {
  readonly preview: Preview;
  readonly version: CompiledVersion;
  readonly situation: Situation;
  /** The persona's name, or the contact's. */
  readonly name: string;
  /** Epoch ms. */
  readonly start: number;
}

/** What one version would say to one persona, if the enrollment began at `start`. */
export function previewOf(
  version: CompiledVersion,
  persona: Persona,
  workspace: Workspace,
  start: number,
): Preview {
  return caseOf(version, persona, workspace, start).preview;
}

/** {@link previewOf}, with what it was made from. */
export function caseOf(
  version: CompiledVersion,
  persona: Persona,
  workspace: Workspace,
  start: number,
): PreviewCase {
  const situation = sampleSituation(persona, workspace, version.document.target, start);
  const subject = { persona: persona.id, situation };
  const preview = previewProgram(compileProgram(version.document), subject, start);
  return { preview, version, situation, name: persona.name, start };
}
