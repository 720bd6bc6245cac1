import type { FastifyRequest } from "fastify";
import type { ApiKey } from "../../../store/api-keys.ts";
import type { Access } from "../../http/auth.ts";
import type { ActionResult } from "../../http/ports.ts";

/** What a page shows besides its frame; null: there is no such thing. */
type Shown = { readonly [name: string]: unknown } | null;

/** How the console's pages are made: each for whoever is signed in, each action for whom their role allows. */
export interface Console {
  show(
    url: string,
    view: string,
    read: (request: FastifyRequest, key: ApiKey) => Promise<Shown>,
  ): void;
  /** @param run says what became of it, and which page follows */
  act(
    url: string,
    access: Access,
    run: (
      request: FastifyRequest,
      by: string,
    ) => Promise<{ readonly result: ActionResult; readonly to: string }>,
  ): void;
}

/** A field of a form or of a query; empty counts as absent. */
export function field(given: unknown, name: string): string | undefined {
  const value = (given as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

export function idOf(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id;
}
