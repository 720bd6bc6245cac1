import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `global-setup.ts` creates and drops databases. */
    readonly postgresBroker: string;
  }
}

/** A database of its own for a test file, on the run's real PostgreSQL 18. */
export interface TestPostgres {
  readonly url: string;
  /** Cuts what is still connected and deletes the database. */
  drop(): Promise<void>;
}

/**
 * Creates a database: a copy of one that has every migration, or an empty one.
 * The run's first call starts the server, which takes a second or two.
 */
export async function createDatabase(options: { empty?: boolean } = {}): Promise<TestPostgres> {
  const url = await ask("POST", options.empty === true ? "?empty" : "");
  return { url, drop: async () => void (await ask("DELETE", new URL(url).pathname)) };
}

/** Asks the broker of `global-setup.ts`. @returns its answer: a URL, or the path of a file */
export async function ask(method: "POST" | "DELETE", path: string): Promise<string> {
  const response = await fetch(new URL(path, inject("postgresBroker")), {
    method,
    // A kept connection may be closed by the broker at the very moment it is used again.
    headers: { connection: "close" },
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return answer;
}
