import { join } from "node:path";
import type { SendResult } from "../../core/enrollment/index.ts";
import type { Inbox } from "../../core/language/policy.ts";
import type { Log } from "../log.ts";
import { unusable, type Channel, type Delivery } from "./channel.ts";
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
  send(delivery: Delivery, signal: AbortSignal): Promise<SendResult>;
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
    const channel = openProvider(inbox, settings.env);
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
    async close() {
      for (const { channel } of open.values()) {
        await channel.then((one) => one.close?.()).catch(() => undefined);
      }
      open.clear();
    },
  };
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
        connections: inbox.concurrency,
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
    throw new Error(`${host} is not in CADENZA_ALLOWED_HOSTS`);
  }
}

function unavailable(provider: string): Channel {
  const message = `this release cannot send by ${provider}`;
  return {
    send: () => Promise.resolve({ kind: "permanent", code: "provider_unavailable", message }),
  };
}
