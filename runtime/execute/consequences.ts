import type { SendResult } from "../../core/enrollment/index.ts";
import { closeWindows } from "../../store/windows.ts";
import { optOut, type OptOut } from "../opt-out.ts";
import type { PlannedSend } from "./plan.ts";
import { wasOutsideWindow } from "./result.ts";
import type { Execution } from "./run.ts";
import { throughOutages } from "./settled.ts";

/** A send and what its provider answered. */
export interface Answered {
  readonly send: PlannedSend;
  readonly result: SendResult;
}

/**
 * Closes the windows that providers said are closed. Before the results are recorded: the attempt that
 * follows must choose the template.
 */
export async function learnWindows(
  { db, clock }: Execution,
  answered: readonly Answered[],
): Promise<void> {
  const windows = answered
    .filter(({ send, result }) => wasOutsideWindow(send, result))
    .map(({ send }) => ({ contact: send.row.contact_id, inbox: send.message.inbox }));
  if (windows.length > 0) await throughOutages(() => closeWindows(db, windows, clock.now()));
}

/** The addresses of people who, as their provider says, want no more. */
export function optOutsOf(answered: readonly Answered[]): OptOut[] {
  return answered.flatMap(({ send: { message }, result }) => {
    if (result.kind !== "permanent") return [];
    const purpose = PURPOSES[result.means ?? "template"];
    const { channel, to: address } = message;
    return purpose === undefined ? [] : [{ channel, address, purpose, reason: REFUSED }];
  });
}

/**
 * Suppresses them. After the results are recorded: an enrollment that another channel reaches now is not
 * ended. Before another wave is opened: it may hold more for them.
 */
export async function learnOptOuts(
  { db, engine, clock }: Execution,
  optOuts: readonly OptOut[],
): Promise<void> {
  await throughOutages(() =>
    db.transaction().execute((trx) => optOut(trx, engine, optOuts, clock.now())),
  );
}

const REFUSED = "the provider says that they opted out";
const PURPOSES: { readonly [means: string]: "all" | "marketing" } = {
  opted_out: "all",
  opted_out_of_marketing: "marketing",
};
