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
    return {
      sequence,
      shown,
      versions: await listVersions(db, id, { below: null, limit: VERSIONS }),
      steps: stepsOf(shown.document).map((step) => ({
        ...step,
        here: sum(live.filter((one) => one.version === asked && one.step === step.id)),
        funnel: funnel.find((row) => row.version === asked && row.step === step.id) ?? null,
      })),
      changes: before === null ? [] : changedLines(before.source, shown.source),
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

/** Lines of a file that were taken out or put in, as a list: enough to see what a version changed. */
function changedLines(before: string, after: string) {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const [was, is] = [new Set(old), new Set(fresh)];
  const out = old.filter((line) => !is.has(line)).map((line) => ({ sign: "-", line }));
  return [...out, ...fresh.filter((line) => !was.has(line)).map((line) => ({ sign: "+", line }))];
}
