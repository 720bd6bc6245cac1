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
  const timers: NodeJS.Timeout[] = [];
  const late = new Promise<SendResult>((resolve) => {
    const message = `no answer within ${SEND_TIMEOUT_MS / 1000} s`;
    const giveUp = () => resolve({ kind: "ambiguous", code: "timeout", message });
    timers.push(setTimeout(() => controller.abort(), SEND_TIMEOUT_MS));
    timers.push(setTimeout(giveUp, SEND_TIMEOUT_MS + SEND_GRACE_MS));
  });
  return {
    signal: controller.signal,
    within: (send) => Promise.race([send.catch(failed), late]),
    end: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function failed(error: unknown): SendResult {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "ambiguous", code: "internal", message };
}
