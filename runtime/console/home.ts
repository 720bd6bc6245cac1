import type { Kysely } from "kysely";
import { listEnrollments } from "../../store/enrollments-read.ts";
import { listHalts } from "../../store/halts.ts";
import { countEnrollments, countLiveBySequence, listRecentMessages } from "../../store/overview.ts";
import { listReconciliations } from "../../store/reconciliations-read.ts";
import type { Schema } from "../../store/schema.ts";
import { listSequences } from "../../store/sequences.ts";
import { readSourceState } from "../../store/source-requests.ts";

const SEQUENCES = 100;
const RECENT = 12;

/** All that the first page shows, read anew each time. */
export async function readHome(db: Kysely<Schema>) {
  const source = await readSourceState(db);
  const [latest = null] = await listReconciliations(db, { after: null, limit: 1 });
  const live = await countLiveBySequence(db);
  const sequences = await listSequences(db, {}, { after: null, limit: SEQUENCES });
  return {
    source,
    verdict: verdictOf(source.conditions, source.suspended),
    latest,
    halts: await listHalts(db),
    counts: Object.entries(await countEnrollments(db)).map(([state, count]) => ({ state, count })),
    sequences: sequences.map((row) => ({ ...row, live: live.get(row.id) ?? 0 })),
    enrollments: await listEnrollments(db, {}, { after: null, limit: RECENT }),
    messages: await listRecentMessages(db, { after: null, limit: RECENT }),
  };
}

type Conditions = Awaited<ReturnType<typeof readSourceState>>["conditions"];

/** The one condition that matters most, as a word, a colour and a sentence. */
function verdictOf(conditions: Conditions, suspended: boolean) {
  const of = (type: string) => conditions.find((one) => one.type === type && one.status);
  const stalled = of("Stalled");
  if (stalled !== undefined) return { tone: "bad", word: "Stalled", text: stalled.message };
  if (suspended) {
    return {
      tone: "warn",
      word: "Suspended",
      text: "New commits wait until the source is resumed.",
    };
  }
  const ready = conditions.find((one) => one.type === "Ready");
  if (ready !== undefined && !ready.status) {
    const busy = of("Reconciling") !== undefined;
    return {
      tone: busy ? "warn" : "bad",
      word: busy ? "Reconciling" : "Not ready",
      text: ready.message,
    };
  }
  if (ready !== undefined) return { tone: "good", word: "Ready", text: ready.message };
  return { tone: "warn", word: "Starting", text: "The source has not been looked at yet." };
}
