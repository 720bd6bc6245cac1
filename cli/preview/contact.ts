import { compileProgram, type Workspace } from "../../core/enrollment/index.ts";
import type { TargetType } from "../../core/language/document.ts";
import type { CompiledVersion } from "../../core/language/index.ts";
import { previewProgram } from "../../core/preview/index.ts";
import { personSituation } from "../../runtime/preview.ts";
import type { Person } from "../../store/person.ts";
import { Refused, type Client } from "../client.ts";
import type { PreviewCase } from "../previews.ts";

/** What a server knows about a contact and one of their targets. */
interface Known {
  readonly target: { readonly type: TargetType; readonly id: string };
  readonly known: Person;
}

/**
 * The sequences as they are written here, for a contact as a server knows them: the draft is local,
 * and so are the policy and the inboxes; the person is real.
 * @param start epoch ms
 * @returns the previews, and why the sequences that are missing are
 * @throws Refused when the server refuses what all of them need, such as a contact that it does not know
 */
export async function casesForContact(
  client: Client,
  contact: string,
  versions: readonly CompiledVersion[],
  workspace: Workspace,
  start: number,
): Promise<{ readonly cases: readonly PreviewCase[]; readonly missing: readonly string[] }> {
  const types = [...new Set(versions.map(({ document }) => document.target))];
  const found = new Map<TargetType, Known>();
  const missing: string[] = [];
  for (const type of types) {
    try {
      const asked = { contact, target: { type } };
      const { body } = await client.request<Known>("POST", "/v1/preview", asked);
      found.set(type, body);
    } catch (error) {
      if (!(error instanceof Refused) || error.problem !== "unknown-target") throw error;
      const ids = versions.filter(({ document }) => document.target === type).map(({ id }) => id);
      missing.push(`${error.message}: no preview of ${ids.join(", ")}`);
    }
  }
  const cases = versions.flatMap((version) => {
    const known = found.get(version.document.target);
    return known === undefined ? [] : [caseFor(version, known, workspace, start)];
  });
  return { cases, missing };
}

function caseFor(
  version: CompiledVersion,
  { known, target }: Known,
  workspace: Workspace,
  start: number,
): PreviewCase {
  const program = compileProgram(version.document);
  const situation = personSituation(program, known, target, workspace, start);
  const persona = known.contact_id;
  const preview = previewProgram(program, { persona, situation }, start);
  const { name } = known.contact;
  return {
    preview,
    version,
    situation,
    name: typeof name === "string" && name !== "" ? name : persona,
    start,
  };
}
