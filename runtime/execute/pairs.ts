import type { Inbox } from "../../core/language/policy.ts";
import type { Finish } from "../../store/finish.ts";
import { lastSends, lockPairs } from "../../store/windows.ts";
import { postponed, type PlannedSend } from "./plan.ts";
import type { Execution } from "./run.ts";

/** Meta: one message every six seconds from a number to the same person. */
const PAIR_MS: { readonly [provider in Inbox["provider"]]?: number } = { meta: 6_000 };

type Spaced = {
  readonly sends: readonly PlannedSend[];
  readonly finishes: readonly Finish[];
};

/** Whether a provider minds two messages to one person in quick succession. */
export function isPaired(inbox: Inbox): boolean {
  return PAIR_MS[inbox.provider] !== undefined;
}

/**
 * Puts off what would reach one person too soon after another message from the same number, each to a
 * moment of its own. A look alone: another process may write meanwhile.
 */
export async function spaceOut(
  { db, clock }: Pick<Execution, "db" | "clock">,
  inbox: Inbox,
  planned: readonly PlannedSend[],
): Promise<Spaced> {
  const spacing = PAIR_MS[inbox.provider];
  if (spacing === undefined) return { sends: planned, finishes: [] };
  const now = clock.now();
  const addresses = [...new Set(planned.map(addressOf))];
  const last = await lastSends(db, inbox.id, addresses, now - spacing);
  const sends: PlannedSend[] = [];
  const finishes: Finish[] = [];
  for (const send of planned) {
    const address = addressOf(send);
    const free = Math.max(now, (last.get(address) ?? 0) + spacing);
    last.set(address, free);
    if (free === now) sends.push(send);
    else finishes.push(postponed(send, free, now));
  }
  return { sends, finishes };
}

/**
 * The same for a wave, and for all processes: none other writes to these people from this number until the
 * transaction, in which the wave's intents are opened, ends.
 */
export async function spaceOutSurely(
  { db, clock }: Pick<Execution, "db" | "clock">,
  inbox: Inbox,
  wave: readonly PlannedSend[],
): Promise<Spaced> {
  if (!isPaired(inbox)) return { sends: wave, finishes: [] };
  await lockPairs(db, inbox.id, wave.map(addressOf));
  return spaceOut({ db, clock }, inbox, wave);
}

function addressOf({ message }: PlannedSend): string {
  return message.to.toLowerCase();
}
