import { createHash } from "node:crypto";
import pg from "pg";

/** When, seen from a point: before it, once it is under way and unanswered, or once it was carried out. */
export const MOMENTS = ["before", "during", "after"] as const;
type Moment = (typeof MOMENTS)[number];

/** What is killed at which point: the process that reaches it, or the PostgreSQL that it works with. */
export interface Kill {
  readonly point: string;
  /** How many times the point was reached before, since the process was armed. */
  readonly nth: number;
  readonly moment: Moment;
  readonly whom: "the process" | "PostgreSQL";
}

/** How often each point was reached. */
export type Reached = Readonly<Record<string, number>>;

/** The points of a process: every statement that its drivers send, and what the process adds itself. */
interface Points {
  /** Counts from zero, towards a kill or only to see what there is. A strike that is under way comes first. */
  arm(kill: Kill | null): Promise<void>;
  readonly reached: Reached;
  /** Statements say something else from here on; their points keep their names. */
  rewrite(change: (sql: string) => string): void;
  /** Does something that is a point. */
  pass<T>(point: string, work: () => Promise<T>): Promise<T>;
}

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/**
 * Turns every statement of this process, those of the job queue too, into a point. The driver's prototype
 * is the one place that both go through.
 * @param onKilled told right after PostgreSQL was killed
 */
export function watchPoints(onKilled: () => void): Points {
  let armed: Kill | null = null;
  let reached: Record<string, number> = {};
  let change = (sql: string): string => sql;
  /** The backend that answered last; a point that is no statement has none of its own. */
  let backend = 0;
  let striking = Promise.withResolvers<void>();
  striking.resolve();

  /** @returns the moment of the kill when this is its point, and null otherwise */
  const arrive = (point: string): Kill | null => {
    const nth = reached[point] ?? 0;
    reached[point] = nth + 1;
    if (armed === null || armed.point !== point || armed.nth !== nth) return null;
    const hit = armed;
    armed = null;
    striking = Promise.withResolvers<void>();
    return hit;
  };
  const strike = ({ whom }: Kill): void => {
    process.kill(whom === "PostgreSQL" ? backend : process.pid, "SIGKILL");
    onKilled();
    striking.resolve();
  };

  const prototype = pg.Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  prototype.query = function (...args) {
    const text = textOf(args[0]);
    if (text === null) return query.apply(this, args);
    backend = (this as unknown as { processID: number | null }).processID ?? backend;
    const hit = arrive(nameOf(text));
    const said = change(text);
    if (said !== text) {
      // Without the name that a prepared statement has: on this connection it may say what it said before.
      args[0] =
        typeof args[0] === "string"
          ? said
          : { ...(args[0] as object), text: said, name: undefined };
    }
    if (hit === null) return query.apply(this, args);
    if (hit.moment === "before") strike(hit);
    const last = args.at(-1);
    if (typeof last === "function" && hit.moment === "after") {
      args[args.length - 1] = (...answer: unknown[]): unknown => {
        strike(hit);
        return (last as (...answer: unknown[]) => unknown)(...answer);
      };
    }
    const answer = query.apply(this, args);
    if (hit.moment === "during") setImmediate(() => strike(hit));
    if (hit.moment === "after" && answer instanceof Promise) {
      return answer.finally(() => strike(hit));
    }
    return answer;
  };

  return {
    async arm(kill) {
      armed = null;
      await striking.promise;
      armed = kill;
      reached = {};
    },
    get reached() {
      return reached;
    },
    rewrite(changed) {
      change = changed;
    },
    async pass(point, work) {
      const hit = arrive(point);
      if (hit?.moment === "before") strike(hit);
      const result = work();
      if (hit?.moment === "during") strike(hit);
      await result;
      if (hit?.moment === "after") strike(hit);
      return result;
    },
  };
}

function textOf(query: unknown): string | null {
  if (typeof query === "string") return query;
  const text = (query as { readonly text?: unknown } | null)?.text;
  return typeof text === "string" ? text : null;
}

const WRITES = /\b(insert into|delete from|update)\s+(?!set\b|of\b|skip\b)([\w."]+)/gi;
const LONGEST = 72;

/**
 * A statement's name: what it writes, or else its beginning; and a digest of its text, so that two that
 * read alike are two.
 */
function nameOf(sql: string): string {
  const text = sql
    .replaceAll(/\/\*.*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/'[^']*'/g, "?")
    .replaceAll(/\$?\d+(?:, \$?\d+)*/g, "?")
    .trim();
  if (/^(?:begin|commit|rollback|start transaction)\b/i.test(text)) return text.toLowerCase();
  const writes = [...text.matchAll(WRITES)].map(([, verb, table]) => `${verb} ${table}`);
  const told = [...new Set(writes)].join(", ").toLowerCase() || text.toLowerCase();
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 4);
  return `${told.slice(0, LONGEST).replaceAll('"', "").replaceAll("|", "/")} [${digest}]`;
}
