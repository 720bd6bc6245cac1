import type { RouteShorthandOptions } from "fastify";
import { rolesFor, type Access } from "./auth.ts";
import type { ProblemName } from "./problem.ts";
import { params, problems, query } from "./schemas/common.ts";

/** What a route takes and gives, for its checks and for its documentation alike. */
interface Endpoint {
  readonly access: Access;
  /** It may take longer than other requests, as long as it makes progress. */
  readonly mayLast?: true;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: { readonly [name: string]: object };
  readonly query?: { readonly [name: string]: object };
  readonly headers?: { readonly [name: string]: object };
  readonly body?: object;
  readonly consumes?: readonly string[];
  readonly answers: { readonly [status: number]: object };
  readonly problems?: readonly ProblemName[];
}

/** A route's options, with all that every route of its kind has in common. */
export function endpoint(given: Endpoint): RouteShorthandOptions {
  const { access, tag, summary, description, body, answers } = given;
  const isPublic = access === "public";
  const refusals: ProblemName[] = [
    ...(isPublic ? [] : (["unauthenticated", "forbidden", "too-many-requests"] as const)),
    "malformed-request",
    ...(given.problems ?? []),
  ];
  const roles = isPublic ? null : `Roles: ${rolesFor(access).join(", ")}.`;
  return {
    config: { access, ...(given.mayLast && { mayLast: given.mayLast }) },
    schema: {
      tags: [tag],
      summary,
      description: [description, roles].filter((text) => text != null).join("\n\n"),
      ...(given.params === undefined ? {} : { params: params(given.params) }),
      ...(given.query === undefined ? {} : { querystring: query(given.query) }),
      ...(given.headers === undefined
        ? {}
        : { headers: { type: "object", properties: given.headers } }),
      ...(body === undefined ? {} : { body }),
      ...(given.consumes === undefined ? {} : { consumes: [...given.consumes] }),
      ...(isPublic ? {} : { security: [{ key: [] }] }),
      response: { ...problems(...refusals), ...answers },
    },
  };
}

/** The answer without a body. */
export const NO_CONTENT = { description: "Done.", type: "null" } as const;
