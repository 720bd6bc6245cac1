import type { Server } from "node:http";
import type { FastifyHttpOptions } from "fastify";
import type { Kysely } from "kysely";
import type { Clock } from "../../core/clock.ts";
import type { Schema } from "../../store/schema.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { UnsubscribeLinks } from "../unsubscribe.ts";
import type { HttpPorts } from "./ports.ts";

/** How often one may ask, a minute; 0: as often as one likes. */
interface Rates {
  /** Requests with one key. */
  readonly requests: number;
  /** Wrong keys from one address. */
  readonly failures: number;
}

/** All that the HTTP app is given. */
export interface AppDeps {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
  readonly ports: HttpPorts;
  /** `outbox`: whatever an inbox says, nothing leaves this server. */
  readonly delivery: "live" | "outbox";
  /** Signs the console's sessions; the same on every server behind one address, and kept secret. */
  readonly sessionSecret: string;
  /** Links by which people opt out. */
  readonly unsubscribe: UnsubscribeLinks;
  /** Where providers reach this server, without a trailing slash: what Twilio signs. */
  readonly publicUrl: string;
  /** Where the secrets are that inboxes refer to. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Cadenza's own version, for the OpenAPI document. */
  readonly version: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** How often one may ask; no limit if absent. */
  readonly rates?: Rates;
  /** The proxies whose word is taken for who asks; nobody's if absent. */
  readonly trustedProxies?: readonly string[];
  /** Other limits of a connection than {@link limits}. */
  readonly limits?: Partial<FastifyHttpOptions<Server>>;
  /** How long `POST /v1/reconcile` waits for the controller, in milliseconds; 10 seconds if absent. */
  readonly reconcileWait?: number;
}
