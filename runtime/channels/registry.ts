import { join } from "node:path";
import type { SendResult } from "../../core/enrollment/index.ts";
import type { Inbox } from "../../core/language/policy.ts";
import type { Log } from "../log.ts";
import type { Channel, Delivery } from "./channel.ts";
import { createOutbox } from "./outbox.ts";
import { resolveSecret, SecretMissing } from "./secrets.ts";
import { createSmtp } from "./smtp.ts";
import { createTwilio } from "./twilio.ts";

export interface DeliverySettings {
  /** `outbox`: every inbox is the outbox, whatever its file says. */
  readonly mode: "live" | "outbox";
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Sends a message by its inbox's provider. */
export interface Channels {
  send(delivery: Delivery): Promise<SendResult>;
  close(): Promise<void>;
}

/** How long a send waits for what an operator has to mend: a missing secret, a host not allowed. */
const MEND_MS = 60_000;

/** Opens each inbox's provider at its first message, and anew when the inbox has changed. */
export function createChannels(settings: DeliverySettings, log: Log): Channels {
  const outbox = createOutbox(join(settings.dataDir, "outbox"));
  const open = new Map<string, { readonly inbox: string; readonly channel: Promise<Channel> }>();

  const channelOf = (inbox: Inbox): Promise<Channel> => {
    if (settings.mode === "outbox" || inbox.provider === "outbox") return Promise.resolve(outbox);
    const form = JSON.stringify(inbox);
    const known = open.get(inbox.id);
    if (known?.inbox === form) return known.channel;
    void known?.channel.then((channel) => channel.close?.()).catch(() => undefined);
    const channel = openProvider(inbox, settings.env);
    open.set(inbox.id, { inbox: form, channel });
    // A failure is not kept: the operator may mend it while the server runs.
    channel.catch(() => open.delete(inbox.id));
    return channel;
  };

  return {
    async send(delivery) {
      try {
        const channel = await channelOf(delivery.inbox);
        return await channel.send(delivery);
      } catch (error) {
        if (!(error instanceof SecretMissing || error instanceof HostNotAllowed)) throw error;
        log.warn("inbox_unusable", { inbox: delivery.inbox.id, error: error.message });
        return { kind: "snooze", code: "inbox_unusable", message: error.message, afterMs: MEND_MS };
      }
    },
    async close() {
      for (const { channel } of open.values()) {
        await channel.then((one) => one.close?.()).catch(() => undefined);
      }
      open.clear();
    },
  };
}

/** An inbox names a host that this server may not talk to. */
export class HostNotAllowed extends Error {
  override readonly name = "HostNotAllowed";
}

async function openProvider(inbox: Inbox, env: DeliverySettings["env"]): Promise<Channel> {
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
      return createSmtp({ host, port, secure, user, password, connections: inbox.concurrency });
    }
    case "twilio":
      return createTwilio({
        accountSid: required(await secret("account_sid"), "account_sid", inbox),
        authToken: required(await secret("auth_token"), "auth_token", inbox),
        messagingServiceSid: await secret("messaging_service_sid"),
        baseUrl: null,
      });
    default:
      return unavailable(inbox.provider);
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
    throw new HostNotAllowed(`${host} is not in CADENZA_ALLOWED_HOSTS`);
  }
}

function unavailable(provider: string): Channel {
  const message = `this release cannot send by ${provider}`;
  return {
    send: () => Promise.resolve({ kind: "permanent", code: "provider_unavailable", message }),
  };
}
