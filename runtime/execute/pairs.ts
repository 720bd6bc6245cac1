import type { Inbox } from "../../core/language/policy.ts";
import type { Finish } from "../../store/finish.ts";
import { lastSends } from "../../store/windows.ts";
import { postponed, type PlannedSend } from "./plan.ts";
import type { Execution } from "./run.ts";

/** Meta: one message every six seconds from a number to the same person. */
const PAIR_MS: { readonly [provider in Inbox["provider"]]?: number } = { meta: 6_000 };

/**
 * Puts off what would reach one person too soon after another message from the same number, each to a
 * moment of its own. Two processes that look at the same moment may both let one through; the provider
 * bears a few such, and what it refuses is put off then.
 */
export async function spaceOut(
  { db, clock }: Execution,
  inbox: Inbox,
  planned: readonly PlannedSend[],
): Promise<{ readonly sends: readonly PlannedSend[]; readonly finishes: readonly Finish[] }> {
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

function addressOf({ message }: PlannedSend): string {
  return message.to.toLowerCase();
}
