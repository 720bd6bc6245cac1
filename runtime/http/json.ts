import { isUtf8 } from "node:buffer";
import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

type JsonParser = (text: string) => unknown;

/**
 * Replaces the framework's JSON parser by one that also refuses what PostgreSQL cannot store: text
 * that is not UTF-8, NUL characters and lone surrogates. An empty body counts as none.
 */
export function useStrictJson(app: FastifyInstance): void {
  const parse = strictJson(app);
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser(
    ["application/json", "application/merge-patch+json"],
    { parseAs: "buffer" },
    (_request, body, done) => {
      const bytes = body as Buffer;
      if (bytes.length === 0) return done(null, undefined);
      try {
        if (!isUtf8(bytes)) throw new Problem("malformed-request", "The body is not UTF-8");
        done(null, parse(bytes.toString("utf8")));
      } catch (error) {
        done(error as Error, undefined);
      }
    },
  );
}

/**
 * A parser of hostile JSON text.
 * @returns a function that throws a `Problem` naming what is wrong
 */
export function strictJson(app: FastifyInstance): JsonParser {
  const secure = app.getDefaultJsonParser("error", "error");
  return (text) => {
    if (!SUSPECT.some((part) => text.includes(part))) return plainJson(text);
    let value: unknown;
    // The framework's parser is synchronous; its types only know the callback.
    void secure(undefined as never, text, (error, parsed) => {
      if (error !== null) throw new Problem("malformed-request", explain(text));
      value = parsed;
    });
    // Valid UTF-8 holds neither character, and JSON takes NUL only escaped: no escape, no harm.
    if (/\\u(0000|d[89a-f])/i.test(text) && holdsUnstorable(value)) {
      throw new Problem("malformed-request", "Text holds a NUL character or half a surrogate pair");
    }
    return value;
  };
}

/** Without any of these a text holds neither a forbidden key nor a character that cannot be stored. */
const SUSPECT = ["\\u", "__proto__", "constructor", "\uFEFF"];

function plainJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed-request", explain(text));
  }
}

function explain(text: string): string {
  try {
    JSON.parse(text);
    return "The keys `__proto__` and `constructor` are not allowed";
  } catch (error) {
    return `This is not valid JSON: ${(error as Error).message}`;
  }
}

function holdsUnstorable(value: unknown): boolean {
  // A stack of our own: the nesting is the sender's choice.
  const pending = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === "string") {
      if (next.includes("\0") || !next.isWellFormed()) return true;
    } else if (typeof next === "object" && next !== null) {
      for (const [key, inner] of Object.entries(next)) pending.push(key, inner);
    }
  }
  return false;
}
