import { sequenceFields } from "../../../core/language/diff/describe.ts";
import { changesBetween } from "../../../core/language/diff/fields.ts";
import { diffSteps } from "../../../core/language/diff/steps.ts";
import type { CanonicalDocument } from "../../../core/language/document.ts";
import { waitWords } from "../../../core/preview/words.ts";
import { readFunnel } from "../../../store/funnel.ts";
import { listReconciliations } from "../../../store/reconciliations-read.ts";
import { countLive, listSequences, listVersions, readVersion } from "../../../store/sequences.ts";
import type { AppDeps } from "../../http/deps.ts";
import { RESOURCE_ID } from "../../http/page.ts";
import { field, idOf, type Console } from "./page.ts";

const VERSIONS = 50;
const RECONCILIATIONS = 50;

/** What is published: each sequence's versions, its steps on a line, and how far its messages got. */
export function sequencePages(pages: Console, { db }: AppDeps): void {
  pages.show("/sequences/:id", "sequence.njk", async (request) => {
    const id = idOf(request);
    if (!RESOURCE_ID.test(id)) return null;
    const [sequence] = await listSequences(db, { id }, { after: null, limit: 1 });
    if (sequence === undefined) return null;
    const asked = Number(field(request.query, "version") ?? sequence.active_version);
    const isNumber = Number.isSafeInteger(asked) && asked > 0 && asked < 2 ** 31;
    const shown = isNumber ? await readVersion(db, id, asked) : null;
    if (shown === null) return null;
    const before = asked > 1 ? await readVersion(db, id, asked - 1) : null;
    const live = await countLive(db, id);
    const funnel = await readFunnel(db, id);
    const own = funnel.filter(({ version }) => version === asked);
    return {
      sequence,
      shown,
      versions: await listVersions(db, id, { below: null, limit: VERSIONS }),
      steps: stepsOf(shown.document).map((step) => ({
        ...step,
        here: sum(live.filter((one) => one.version === asked && one.step === step.id)),
        funnel: own.find((row) => row.step === step.id) ?? null,
      })),
      hasFunnel: own.length > 0,
      hasTokens: own.some(({ tokens }) => tokens > 0),
      most: Math.max(1, ...own.map(({ sent }) => sent)),
      changes: before === null ? null : changesOf(before.document, shown.document),
    };
  });

  pages.show("/reconciliations", "reconciliations.njk", async () => ({
    reconciliations: await listReconciliations(db, { after: null, limit: RECONCILIATIONS }),
  }));
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function stepsOf({ steps }: CanonicalDocument) {
  return steps.map((step) => {
    const { content } = step;
    const text = content.type === "template" ? null : (content.body ?? null);
    return {
      id: step.id,
      wait: waitWords(step),
      channel: step.channel ?? "automatic",
      condition: step.if ?? null,
      compose: step.compose ?? "static",
      subject: content.type === "template" ? null : (content.subject ?? null),
      text: text ?? (content.type === "template" ? "an approved WhatsApp template" : ""),
    };
  });
}

/** What a version changed, in the language's own words; all that its steps say is in the documents. */
function changesOf(before: CanonicalDocument, after: CanonicalDocument) {
  return {
    sequence: changesBetween(sequenceFields(before), sequenceFields(after)),
    steps: diffSteps(before, after),
  };
}
