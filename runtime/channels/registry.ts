import { join } from "node:path";
import type { SendResult } from "../../core/enrollment/index.ts";
import type { Inbox } from "../../core/language/policy.ts";
import type { Log } from "../log.ts";
import { unusable, type Channel, type Delivery, type Sought } from "./channel.ts";
import { createOutbox } from "./outbox.ts";
import { filesFrom } from "./files.ts";
import { createMeta } from "./meta.ts";
import { resolveSecret, SecretMissing } from "./secrets.ts";
import { createSmtp } from "./smtp.ts";
import { createTwilio } from "./twilio.ts";
import { createWhatsAppWeb } from "./whatsapp-web.ts";

export interface DeliverySettings {
  /** `outbox`: every inbox is the outbox, whatever its file says. */
  readonly mode: "live" | "outbox";
  readonly dataDir: string;
  /** Where providers reach this server; null: nowhere. */
  readonly publicUrl: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Sends a message by its inbox's provider. */
export interface Channels {
  send(delivery: Delivery, signal: AbortSignal): Promise<SendResult>;
  /** See `Channel.lookUp`; absent, or none found: nothing is proven. */
  lookUp?(inbox: Inbox, sought: Sought, signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Opens each inbox's provider at its first message, and anew when the inbox has changed. */
export function createChannels(settings: DeliverySettings, log: Log): Channels {
  const outbox = createOutbox(join(settings.dataDir, "outbox"));
  const open = new Map<string, { readonly inbox: string; readonly channel: Promise<Channel> }>();
  /** What was last said about an inbox that cannot be used: it is said once, not once a message. */
  const said = new Map<string, string>();

  const channelOf = (inbox: Inbox): Promise<Channel> => {
    if (settings.mode === "outbox" || inbox.provider === "outbox") return Promise.resolve(outbox);
    const form = JSON.stringify(inbox);
    const known = open.get(inbox.id);
    if (known?.inbox === form) return known.channel;
    void known?.channel.then((channel) => channel.close?.()).catch(() => undefined);
    const channel = openProvider(inbox, settings);
    open.set(inbox.id, { inbox: form, channel });
    // A failure is not kept: the operator may mend it while the server runs.
    channel.catch(() => open.delete(inbox.id));
    return channel;
  };

  const deliver = async (delivery: Delivery, signal: AbortSignal): Promise<SendResult> => {
    let channel: Channel;
    try {
      channel = await channelOf(delivery.inbox);
    } catch (error) {
      return unusable(error instanceof Error ? error.message : String(error));
    }
    return channel.send(delivery, signal);
  };

  return {
    async send(delivery, signal) {
      const result = await deliver(delivery, signal);
      const { id } = delivery.inbox;
      if (result.kind !== "snooze" || result.code !== "inbox_unusable") {
        said.delete(id);
      } else if (said.get(id) !== result.message) {
        said.set(id, result.message);
        log.warn("inbox_unusable", { inbox: id, error: result.message });
      }
      return result;
    },
    async lookUp(inbox, sought, signal) {
      const channel = await channelOf(inbox);
      return (await channel.lookUp?.(sought, signal)) ?? [];
    },
    async close() {
      for (const { channel } of open.values()) {
        await channel.then((one) => one.close?.()).catch(() => undefined);
      }
      open.clear();
    },
  };
}

async function openProvider(inbox: Inbox, { env, publicUrl }: DeliverySettings): Promise<Channel> {
  const secret = async (name: string): Promise<string | null> => {
    const reference = inbox.credentials[name];
    return reference === undefined ? null : resolveSecret(reference, env);
  };
  switch (inbox.provider) {
    case "smtp": {
      const host = inbox.host ?? required(await secret("host"), "host", inbox);
      const port = inbox.port ?? Number((await secret("port")) ?? SUBMISSION);
      checkHost(host, env);
      const secure = inbox.secure ?? port === SMTPS;
      const [user, password] = [await secret("user"), await secret("password")];
      const files = filesFrom(env["CADENZA_ATTACHMENT_HOSTS"]);
      const connections = inbox.concurrency;
      return createSmtp({ host, port, secure, user, password, connections, files });
    }
    case "twilio":
      return createTwilio({
        accountSid: required(await secret("account_sid"), "account_sid", inbox),
        authToken: required(await secret("auth_token"), "auth_token", inbox),
        messagingServiceSid: await secret("messaging_service_sid"),
        connections: inbox.concurrency,
        baseUrl: null,
        statusCallback: callbackUrl(publicUrl, inbox),
      });
    case "meta":
      return createMeta({
        accessToken: required(await secret("access_token"), "access_token", inbox),
        phoneNumberId: required(await secret("phone_number_id"), "phone_number_id", inbox),
        baseUrl: null,
      });
    case "whatsapp_web": {
      const url = required(inbox.url ?? null, "url", inbox);
      checkHost(new URL(url).hostname, env);
      return createWhatsAppWeb({ url, inboxId: inbox.id, token: await secret("token") });
    }
    case "outbox":
      throw new Error("an outbox inbox has no provider");
  }
}

const SMTPS = 465;
const SUBMISSION = 587;

function required(value: string | null, name: string, inbox: Inbox): string {
  if (value === null) throw new SecretMissing(`inbox ${inbox.id} names no ${name}`);
  return value;
}

/** A merged file must not be able to carry the server's secrets elsewhere. */
function checkHost(host: string, env: DeliverySettings["env"]): void {
  const allowed = (env["CADENZA_ALLOWED_HOSTS"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase());
  if (!allowed.includes(host.toLowerCase())) {
    throw new Error(`${host} is not in CADENZA_ALLOWED_HOSTS`);
  }
}

/** Twilio refuses a callback to a name that only this machine, or this network, knows. */
function callbackUrl(publicUrl: string | null, inbox: Inbox): string | null {
  const host = publicUrl === null ? "" : (URL.parse(publicUrl)?.hostname ?? "");
  const isPublic = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/i.test(host);
  return isPublic ? `${publicUrl}/webhooks/twilio/${inbox.id}` : null;
}
