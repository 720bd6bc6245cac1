import type { Inbox } from "../../core/language/policy.ts";
import { readWorkspace } from "../../store/workspace.ts";
import { cache } from "../cache.ts";
import { resolveSecret } from "../channels/secrets.ts";
import type { AppDeps } from "./deps.ts";
import { Problem } from "./problem.ts";

const INBOXES_TTL_MS = 1_000;
const GIT_SECRET = "CADENZA_GIT_WEBHOOK_SECRET";

/** An inbox that a webhook is for, and the secrets that prove who calls. */
export interface Door {
  readonly inbox: Inbox;
  /** @throws Problem where the server has no such secret: the caller may try again once it has */
  secret(name: string): Promise<string>;
}

/** Finds the inboxes that webhooks are for. */
interface Doors {
  /** @throws Problem for an inbox that does not exist, or has another provider: the same for both */
  find(inbox: string, provider: Inbox["provider"]): Promise<Door>;
  /** Meta's webhook of one number may speak of another: the inbox of that number, or null. */
  ofNumber(door: Door, phoneNumberId: string): Promise<Door | null>;
  /** The secret of the source's host. @throws Problem where there is none */
  gitSecret(): string;
}

export function createDoors({ db, clock, env, log }: AppDeps): Doors {
  const inboxes = cache(clock, INBOXES_TTL_MS, async () => {
    const stored = await readWorkspace(db);
    return new Map((stored?.inboxes ?? []).map((inbox) => [inbox.id, doorOf(inbox)]));
  });

  function doorOf(inbox: Inbox): Door {
    return {
      inbox,
      async secret(name) {
        const reference = inbox.credentials[name];
        try {
          if (reference === undefined) throw new Error(`inbox ${inbox.id} names no ${name}`);
          return await resolveSecret(reference, env);
        } catch (error) {
          throw unverifiable({ inbox: inbox.id, error: (error as Error).message });
        }
      },
    };
  }

  function unverifiable(why: { readonly inbox?: string; readonly error: string }): Problem {
    log.warn("webhook_unverifiable", why);
    return new Problem("unavailable", "This webhook cannot be verified yet");
  }

  return {
    async find(id, provider) {
      const door = (await inboxes.get(null)).get(id);
      if (door?.inbox.provider !== provider) {
        throw new Problem("not-found", "There is no such webhook");
      }
      return door;
    },
    async ofNumber(door, phoneNumberId) {
      const has = async ({ inbox }: Door): Promise<boolean> => {
        const reference = inbox.credentials["phone_number_id"];
        if (reference === undefined) return false;
        return (await resolveSecret(reference, env).catch(() => null)) === phoneNumberId;
      };
      if (door.inbox.credentials["phone_number_id"] === undefined || (await has(door))) return door;
      for (const other of (await inboxes.get(null)).values()) {
        if (other.inbox.provider === "meta" && (await has(other))) return other;
      }
      return null;
    },
    gitSecret() {
      const secret = env[GIT_SECRET];
      if (!secret) throw unverifiable({ error: `${GIT_SECRET} is not set` });
      return secret;
    },
  };
}

/** A request that is not from whom it says. */
export function refused(): Problem {
  return new Problem("unauthenticated", "The signature or the secret is missing, wrong or too old");
}
