import type { SendResult } from "../../core/enrollment/index.ts";
import { SEND_GRACE_MS, SEND_TIMEOUT_MS } from "../channels/channel.ts";

/** The time that sends which begin together have for their answers. */
export interface Deadline {
  /** Asks a channel to give up. */
  readonly signal: AbortSignal;
  /** A provider that neither answers nor fails leaves it open whether it took the message. */
  within(send: Promise<SendResult>): Promise<SendResult>;
  /** Once all have come to their end. */
  readonly end: () => void;
}

export function startDeadline(): Deadline {
  const controller = new AbortController();
  const settles: ((result: SendResult) => void)[] = [];
  const giveUp = () => {
    const message = `no answer within ${SEND_TIMEOUT_MS / 1000} s`;
    // What has been settled stays as it is.
    for (const settle of settles) settle({ kind: "ambiguous", code: "timeout", message });
  };
  const timers = [
    setTimeout(() => controller.abort(), SEND_TIMEOUT_MS),
    setTimeout(giveUp, SEND_TIMEOUT_MS + SEND_GRACE_MS),
  ];
  return {
    signal: controller.signal,
    within: (send) =>
      new Promise((settle) => {
        settles.push(settle);
        send.then(settle, (error: unknown) => settle(failed(error)));
      }),
    end: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function failed(error: unknown): SendResult {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "ambiguous", code: "internal", message };
}
