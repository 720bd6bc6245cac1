import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, join, resolve } from "node:path";
import { didYouMean } from "../../core/did-you-mean.ts";
import { EVENT_TYPES } from "../../runtime/outgoing/event.ts";
import { keyIn, type Subscriber } from "../../runtime/outgoing/sign.ts";
import { UsageError } from "../io.ts";

const ROLES = ["controller", "worker", "http"] as const;
type Role = (typeof ROLES)[number];

export interface ServeOptions {
  readonly source?: string;
  readonly branch?: string;
  readonly path?: string;
  readonly port?: string;
  readonly host?: string;
  readonly role?: string;
  readonly data?: string;
}

export interface ServeConfig {
  readonly source: { readonly url: string; readonly branch: string | null; readonly path: string };
  /** Null: a process without the `http` role that was not given one; nobody can ask it how it is. */
  readonly port: number | null;
  readonly host: string;
  /** Where people reach this server, for the links in messages; no trailing slash. */
  readonly publicUrl: string;
  readonly roles: ReadonlySet<Role>;
  readonly dataDir: string;
  /** Null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly apiKey: string | null;
  /** Without `CADENZA_DELIVERY=live` every inbox is the outbox. */
  readonly delivery: "live" | "outbox";
  /** Whoever is told of events; null: nobody. */
  readonly subscriber: Subscriber | null;
  /** How often one may ask, a minute; 0: as often as one likes. */
  readonly rates: { readonly requests: number; readonly failures: number };
  /** The proxies in front of this server: addresses, or networks such as `10.0.0.0/8`. */
  readonly trustedProxies: readonly string[];
}

/** About half of what one process can answer: a client that runs wild leaves room for the others. */
const REQUESTS_A_MINUTE = 300_000;
const FAILURES_A_MINUTE = 60;

const DEFAULT_PORT = 8080;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the flags and the environment of `serve`. A flag wins over its variable; an empty variable
 * counts as unset.
 * @throws UsageError naming the setting that is wrong and what it takes
 */
export function readConfig(options: ServeOptions, env: Env, cwd: string): ServeConfig {
  const of = (flag: string | undefined, variable: string) => flag ?? (env[variable] || undefined);
  const databaseUrl = databaseOf(env["DATABASE_URL"] || null);
  const roles = rolesOf(options.role);
  if (databaseUrl === null && roles.size < ROLES.length) {
    throw new UsageError(
      "--role splits the server over processes, and the embedded database takes only one: set DATABASE_URL",
    );
  }
  const port = portOf(of(options.port, "PORT"), roles);
  return {
    source: {
      url: sourceOf(of(options.source, "CADENZA_SOURCE"), cwd),
      branch: of(options.branch, "CADENZA_BRANCH") ?? null,
      path: of(options.path, "CADENZA_PATH") ?? "cadences",
    },
    port,
    host: of(options.host, "HOST") ?? "127.0.0.1",
    publicUrl: publicUrlOf(env["CADENZA_PUBLIC_URL"] || `http://localhost:${port ?? DEFAULT_PORT}`),
    roles,
    dataDir: resolve(cwd, of(options.data, "CADENZA_DATA") ?? ".cadenza"),
    databaseUrl,
    apiKey: keyOf(env["CADENZA_API_KEY"] || null),
    delivery: deliveryOf(env["CADENZA_DELIVERY"]),
    subscriber: subscriberOf(env),
    rates: {
      requests: rateOf(env, "CADENZA_RATE_LIMIT", REQUESTS_A_MINUTE),
      failures: rateOf(env, "CADENZA_AUTH_RATE_LIMIT", FAILURES_A_MINUTE),
    },
    trustedProxies: proxiesOf(env["CADENZA_TRUSTED_PROXIES"] || null),
  };
}

/** Never told in a message: it holds a password. */
function databaseOf(url: string | null): string | null {
  if (url === null || /^postgres(ql)?:\/\//.test(url)) return url;
  throw new UsageError(
    "DATABASE_URL is no PostgreSQL address: write postgres://user:password@host:5432/database",
  );
}

function sourceOf(given: string | undefined, cwd: string): string {
  if (given !== undefined)
    return /^[\w.+-]+:\/\/|^[^/]+@[^/]+:/.test(given) ? given : resolve(cwd, given);
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (folder === dirname(folder)) {
      throw new UsageError(
        `${cwd} is not in a git repository: run this in one, or name one with --source <git URL or path>`,
      );
    }
  }
}

function rolesOf(text: string | undefined): ReadonlySet<Role> {
  if (text === undefined) return new Set(ROLES);
  const roles = text.split(",").map((role) => role.trim());
  const unknown = roles.find((role) => !ROLES.some((known) => known === role));
  if (unknown !== undefined) {
    throw new UsageError(`--role ${unknown}: there are ${ROLES.join(", ")}`);
  }
  return new Set(roles as Role[]);
}

function portOf(text: string | undefined, roles: ReadonlySet<Role>): number | null {
  if (text === undefined) return roles.has("http") ? DEFAULT_PORT : null;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`--port ${text}: a port is a number from 0 to 65535`);
  }
  return port;
}

function publicUrlOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `CADENZA_PUBLIC_URL=${text}: it is the http(s) address where people reach this server`,
    );
  }
  return url.href.replace(/\/$/, "");
}

function keyOf(key: string | null): string | null {
  if (key !== null && !/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError("CADENZA_API_KEY holds a character that cannot stand in an HTTP header");
  }
  return key;
}

function deliveryOf(text: string | undefined): "live" | "outbox" {
  if (text === "live") return "live";
  if (text === undefined || text === "" || text === "outbox") return "outbox";
  throw new UsageError(`CADENZA_DELIVERY=${text}: it is "live" or "outbox" (the default)`);
}

function rateOf(env: Env, variable: string, usual: number): number {
  const text = env[variable] || String(usual);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${variable}=${text}: it is a number a minute, or 0 for no limit`);
}

function proxiesOf(text: string | null): readonly string[] {
  const proxies = (text ?? "").split(",").map((one) => one.trim());
  const given = proxies.filter((one) => one !== "");
  const wrong = given.find((one) => !isNetwork(one));
  if (wrong === undefined) return given;
  throw new UsageError(
    `CADENZA_TRUSTED_PROXIES: ${wrong} is no IP address or network; write 10.0.0.7 or 10.0.0.0/8`,
  );
}

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const most = isIP(address) === 4 ? 32 : 128;
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  return isIP(address) !== 0 && isLength && rest.length === 0;
}

/** Neither the address nor the secret is told in a message: both may be the proof of who asks. */
function subscriberOf(env: Env): Subscriber | null {
  const [url, secret] = [env["CADENZA_WEBHOOK_URL"] || null, env["CADENZA_WEBHOOK_SECRET"] || null];
  if (url === null && secret === null) return null;
  const parsed = url === null ? null : URL.parse(url);
  const isLocal = parsed !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(parsed.hostname);
  if (
    parsed === null ||
    !(parsed.protocol === "https:" || (isLocal && parsed.protocol === "http:"))
  ) {
    throw new UsageError(
      "CADENZA_WEBHOOK_URL is the https address that is told of events (http on this machine alone)",
    );
  }
  const key = keyIn(secret ?? "");
  if (key === null) {
    throw new UsageError(
      "CADENZA_WEBHOOK_SECRET signs events: write whsec_ and 24 to 64 random bytes in base64",
    );
  }
  return { url: parsed.href, key, types: typesOf(env["CADENZA_WEBHOOK_EVENTS"] || null) };
}

function typesOf(text: string | null): ReadonlySet<string> | null {
  if (text === null) return null;
  const types = text.split(",").map((type) => type.trim());
  const unknown = types.find((type) => !EVENT_TYPES.includes(type));
  if (unknown === undefined) return new Set(types);
  const guess = didYouMean(unknown, EVENT_TYPES);
  throw new UsageError(
    `CADENZA_WEBHOOK_EVENTS: there is no event ${unknown}${guess === undefined ? `; there are ${EVENT_TYPES.join(", ")}` : `; did you mean ${guess}?`}`,
  );
}
