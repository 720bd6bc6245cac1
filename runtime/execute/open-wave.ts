import type { Inbox, Policy } from "../../core/language/policy.ts";
import { lockMarketing } from "../../store/frequency.ts";
import type { Finish } from "../../store/finish.ts";
import { openIntents, type Intent } from "../../store/intents.ts";
import type { Ledger } from "./ledger.ts";
import { periodOf } from "./period.ts";
import { isPaired, spaceOutSurely } from "./pairs.ts";
import { postponed, type PlannedSend } from "./plan.ts";
import type { Execution, Run } from "./run.ts";
import { throughOutages } from "./settled.ts";

/** A wave that may go: enrollment id → message id, and what the workspace's frequency cap puts off. */
export interface Opened {
  readonly messages: ReadonlyMap<string, string>;
  readonly finishes: readonly Finish[];
}

/**
 * Records what has happened and opens the intents of a wave. Marketing beyond the workspace's frequency cap is
 * put off until one more may go, and so is what would reach somebody too soon after another message; the look
 * and the intents are one transaction, so that no two processes take the same last place.
 */
export async function openWave(
  { db, clock }: Execution,
  run: Run,
  inbox: Inbox,
  wave: readonly PlannedSend[],
  ledger: Ledger,
  intentOf: (send: PlannedSend, now: number) => Intent,
): Promise<Opened> {
  const intentsOf = (sends: readonly PlannedSend[], now: number) =>
    sends.map((send) => intentOf(send, now));
  const cap = wave[0]?.situation.workspace.policy.frequency_cap ?? null;
  const isCapped = cap !== null && wave.some(isMarketing);
  if (!isCapped && !isPaired(inbox)) {
    return { messages: await ledger.turn((now) => intentsOf(wave, now)), finishes: [] };
  }
  await ledger.settle();
  return throughOutages(() =>
    db.transaction().execute(async (trx) => {
      const open = (sends: readonly PlannedSend[]) => {
        const now = clock.now();
        return openIntents(trx, run, intentsOf(sends, now), now);
      };
      const { sends, finishes: tooSoon } = await spaceOutSurely({ db: trx, clock }, inbox, wave);
      if (!isCapped) return { messages: await open(sends), finishes: tooSoon };
      const now = clock.now();
      const period = periodOf(cap.per, now);
      const capped = sends.filter(isMarketing);
      const contacts = [...new Set(capped.map(({ row }) => row.contact_id))];
      const sent = await lockMarketing(trx, contacts, now - period);
      const late = new Map<PlannedSend, number>();
      for (const send of capped) {
        const until = placeFor(sent, send.row.contact_id, cap, period, now);
        if (until > now) late.set(send, Math.min(until, send.position.expires));
      }
      const messages = await open(sends.filter((send) => !late.has(send)));
      const putOff = [...late].map(([send, until]) => postponed(send, until, now));
      return { messages, finishes: [...tooSoon, ...putOff] };
    }),
  );
}

function isMarketing({ program }: PlannedSend): boolean {
  return program.sequence.purpose === "marketing";
}

type Cap = NonNullable<Policy["frequency_cap"]>;

/** When one more may go to a contact; the place is taken. */
function placeFor(
  sent: Map<string, number[]>,
  contact: string,
  { messages }: Cap,
  period: number,
  now: number,
): number {
  const times = sent.get(contact) ?? [];
  sent.set(contact, times);
  const before = times[times.length - messages];
  const place = before === undefined ? now : Math.max(now, before + period);
  times.push(place);
  return place;
}
