import type { SendResult } from "../../core/enrollment/index.ts";
import { unusable, type Channel, type Delivery } from "./channel.ts";
import { postJson, type Posted } from "./post-json.ts";
import { mediaOf } from "./whatsapp.ts";

interface WhatsAppWebSettings {
  /** The gateway's address; its last part names the instance, else the inbox's id does. */
  readonly url: string;
  readonly inboxId: string;
  readonly token: string | null;
}

/** Sends WhatsApp messages by a gateway in the shape of the Evolution API, which has no window. */
export function createWhatsAppWeb({ url, inboxId, token }: WhatsAppWebSettings): Channel {
  const { origin, pathname } = new URL(url);
  const parts = pathname.split("/").filter((part) => part !== "");
  const instance = parts.pop() ?? encodeURIComponent(inboxId);
  const base = [origin, ...parts].join("/");
  const headers: Record<string, string> = token === null ? {} : { apikey: token };
  return {
    async send(delivery, signal) {
      const [kind, message] = messageOf(delivery);
      return resultOf(
        await postJson(`${base}/message/${kind}/${instance}`, headers, message, signal),
      );
    },
  };
}

function messageOf({ to, text, attachments: [file] }: Delivery): [string, object] {
  const number = to.replace(/^\+/, "");
  if (file === undefined) return ["sendText", { number, text }];
  const { type, name } = mediaOf(file);
  return ["sendMedia", { number, mediatype: type, media: file.url, fileName: name, caption: text }];
}

interface Answer {
  readonly key?: { readonly id?: unknown };
  readonly message?: unknown;
  readonly response?: { readonly message?: unknown };
}

const PAUSE_MS = 30_000;

function resultOf(posted: Posted): SendResult {
  if (posted.kind !== "answer") {
    const { code, message } = posted;
    return { kind: posted.kind === "not_connected" ? "retry" : "ambiguous", code, message };
  }
  const { status, retryAfterMs } = posted;
  const answer = posted.body as Answer | null;
  if (status >= 200 && status < 300) {
    const id = answer?.key?.id;
    return { kind: "sent", providerId: typeof id === "string" ? id : null };
  }
  const said = JSON.stringify(answer?.response?.message ?? answer?.message ?? null);
  const message = `the gateway answered ${status}${said === "null" ? "" : `: ${said.slice(0, 300)}`}`;
  const told = { code: `http_${status}`, message };
  if (status === 429) return { kind: "snooze", ...told, afterMs: retryAfterMs ?? PAUSE_MS };
  // An instance that is missing, or whose phone is not linked any more.
  if (status === 401 || status === 403 || status === 404) return unusable(message);
  if (status >= 400 && status < 500) {
    const isNobody = said.includes('"exists":false');
    return { kind: "permanent", ...told, ...(isNobody ? { code: "not_on_whatsapp" } : {}) };
  }
  return { kind: "ambiguous", ...told };
}
