import type { SendResult } from "../../core/enrollment/index.ts";
import { unusable, type Channel, type Delivery } from "./channel.ts";
import { META, refusalOf } from "./meanings.ts";
import { metaMessage } from "./meta-message.ts";
import { postJson, type Posted } from "./post-json.ts";

interface MetaSettings {
  readonly accessToken: string;
  readonly phoneNumberId: string;
  /** Another address of the Graph API; null: its own. */
  readonly baseUrl: string | null;
}

const GRAPH = "https://graph.facebook.com";
const VERSION = "v23.0";

/**
 * Sends WhatsApp messages by Meta's Cloud API.
 * @throws when the number's id is none: it is a part of the address
 */
export function createMeta({ accessToken, phoneNumberId, baseUrl }: MetaSettings): Channel {
  if (!/^\d+$/.test(phoneNumberId)) throw new Error("phone_number_id is not a number's id at Meta");
  const url = `${baseUrl ?? GRAPH}/${VERSION}/${phoneNumberId}/messages`;
  const pairs = pairPauses();
  return {
    async send(delivery: Delivery, signal) {
      const message = metaMessage(delivery);
      if ("kind" in message) return message;
      const authorization = `Bearer ${accessToken}`;
      const result = resultOf(await postJson(url, { authorization }, message, signal));
      return pairs(delivery.to, result);
    },
  };
}

function resultOf(posted: Posted): SendResult {
  if (posted.kind !== "answer") {
    const { code, message } = posted;
    return { kind: posted.kind === "not_connected" ? "retry" : "ambiguous", code, message };
  }
  const { status, body } = posted;
  if (status >= 200 && status < 300) {
    const id = (body as Accepted | null)?.messages?.[0]?.id;
    // It was taken: without an id, its reports are matched by the id that we gave it.
    return { kind: "sent", providerId: typeof id === "string" ? id : null };
  }
  return consequenceOf(posted);
}

interface Accepted {
  readonly messages?: readonly { readonly id?: unknown }[];
}

interface GraphError {
  readonly error?: {
    readonly code?: number;
    readonly message?: string;
    readonly error_data?: { readonly details?: string };
  };
}

const PAUSE_MS = 30_000;
/** The same person, more often than every six seconds. */
const PAIR_LIMIT = "131056";
const PAIR_BASE = 4;
const PAIR_MOST = 5;
/** Meta holds marketing messages back from people who get many: asking soon again is no use. */
const HELD_BACK = "131049";
const HELD_BACK_PAUSE_MS = 12 * 3_600_000;
/** The token is wrong, has ended, or lacks a permission. */
const UNAUTHORIZED = new Set([0, 3, 10, 190, 200, 131005, 131042]);

function consequenceOf({
  status,
  body,
  retryAfterMs,
}: Extract<Posted, { kind: "answer" }>): SendResult {
  const error = (body as GraphError | null)?.error;
  const code = String(error?.code ?? `http_${status}`);
  const message = error?.error_data?.details ?? error?.message ?? `Meta answered ${status}`;
  const told = { code, message };
  const meaning = META[code];
  if (meaning === "ambiguous") return { kind: "ambiguous", ...told };
  if (meaning === "retry") return { kind: "retry", ...told };
  if (meaning === "rate" || status === 429) {
    return { kind: "snooze", ...told, afterMs: Math.max(retryAfterMs ?? 0, pauseOf(code)) };
  }
  if (meaning !== undefined) return { kind: "permanent", ...told, ...refusalOf(meaning) };
  if (status === 401 || UNAUTHORIZED.has(error?.code ?? -1)) return unusable(message);
  return { kind: status >= 400 && status < 500 ? "permanent" : "ambiguous", ...told };
}

function pauseOf(code: string): number {
  if (code === PAIR_LIMIT) return 0;
  return code === HELD_BACK ? HELD_BACK_PAUSE_MS : PAUSE_MS;
}

const MOST_PAIRS = 10_000;

/**
 * What Meta asks of whoever writes to the same person too often: a pause of 4^n seconds, where n counts its
 * refusals in a row.
 */
function pairPauses() {
  const refusals = new Map<string, number>();
  return (to: string, result: SendResult): SendResult => {
    if (result.kind !== "snooze" || result.code !== PAIR_LIMIT) {
      refusals.delete(to);
      return result;
    }
    const count = Math.min((refusals.get(to) ?? 0) + 1, PAIR_MOST);
    if (refusals.size >= MOST_PAIRS) refusals.clear();
    refusals.set(to, count);
    return { ...result, afterMs: Math.max(result.afterMs, PAIR_BASE ** count * 1_000) };
  };
}
