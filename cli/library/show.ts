import { compile, type SourceFile } from "../../core/language/index.ts";
import { expandTemplate } from "../../core/library/expand.ts";
import { SAMPLE_WORKSPACE } from "../../core/library/sample-workspace.ts";
import { sampleValues } from "../../core/library/settle.ts";
import type { Preview } from "../../core/preview/index.ts";
import { previewOf } from "../previews.ts";
import { fits, workspaceOf } from "../workspace.ts";
import { headOf } from "./head.ts";
import type { Offered } from "./templates.ts";

/** The persona that a template is shown for, and what it would get. */
export interface Shown {
  readonly name: string;
  readonly preview: Preview;
}

/** What a cadence can use of a workspace. */
const SURROUNDINGS: ReadonlySet<string> = new Set([
  "Workspace",
  "Inbox",
  "CustomAttribute",
  "MessageTemplate",
  "WhatsAppTemplate",
]);

/**
 * What a template would say, filled in with its examples, to the first of its personas.
 * @param start epoch ms
 * @param own the workspace's files, where there is one: its templates may use what stands there
 * @returns null where it has no persona, or does not compile
 */
export async function showTemplate(
  { file, value, source }: Offered,
  start: number,
  own: readonly SourceFile[],
): Promise<Shown | null> {
  const surroundings = source === "workspace" ? [own, SAMPLE_WORKSPACE] : [SAMPLE_WORKSPACE];
  for (const all of surroundings) {
    const files = all.filter(({ text }) => SURROUNDINGS.has(headOf(text).kind));
    const whatsappInbox = compile(files).workspace?.channels.inboxes.whatsapp;
    const expanded = expandTemplate(file, sampleValues(value.parameters), { whatsappInbox });
    const made = expanded.map((one) => ({ path: `made/${one.path}`, text: one.text() }));
    const names = new Set(made.map(({ text }) => nameOf(text)));
    const kept = files.filter(({ text }) => !names.has(nameOf(text)));
    const compiled = compile([...kept, ...made]);
    const [version] = compiled.sequences;
    const persona = compiled.personas.find((one) => version !== undefined && fits(version, one));
    if (version === undefined || persona === undefined) continue;
    const preview = previewOf(version, persona, await workspaceOf(compiled), start);
    return { name: persona.name, preview };
  }
  return null;
}

function nameOf(text: string): string {
  const { kind, id } = headOf(text);
  return `${kind} ${id}`;
}
