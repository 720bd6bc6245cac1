import type { FastifyInstance, FastifyRequest } from "fastify";
import { findApiKey, type ApiKey } from "../../store/api-keys.ts";
import type { Role } from "../../store/schema.ts";
import { cache } from "../cache.ts";
import type { AppDeps } from "./deps.ts";
import { Problem } from "./problem.ts";

/** What a route asks of its caller. */
export type Access = "public" | "read" | "write" | "approve" | "operate";

const GRANTS: { readonly [role in Role]: readonly Access[] } = {
  viewer: ["public", "read"],
  enroller: ["public", "read", "write"],
  approver: ["public", "read", "approve"],
  operator: ["public", "read", "write", "approve", "operate"],
};

/** A revoked key works for this long at most in another process. */
const KEY_TTL_MS = 1_000;

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    /** Who asks; null on public routes. */
    principal: ApiKey | null;
  }
  interface FastifyInstance {
    /** Looks a key up; null when it is unknown or revoked. */
    findKey(key: string): Promise<ApiKey | null>;
    /** Makes a revoked key useless at once in this process. */
    forgetKeys(): void;
  }
}

/** The roles that a route lets in. */
export function rolesFor(access: Access): Role[] {
  return (Object.keys(GRANTS) as Role[]).filter((role) => GRANTS[role].includes(access));
}

/** Guards every route by its `access`; a route of the API that declares none does not start. */
export function useAuth(app: FastifyInstance, { db, clock }: AppDeps): void {
  const keys = cache(clock, KEY_TTL_MS, (key: string) => findApiKey(db, key));
  app.decorateRequest("principal", null);
  app.decorate("findKey", (key) => keys.get(key));
  app.decorate("forgetKeys", () => keys.forget());

  app.addHook("onRoute", ({ url, config }) => {
    if (url.startsWith("/v1/") && config?.access === undefined) {
      throw new Error(`${url} does not say who may use it`);
    }
  });
  app.addHook("onRequest", async (request) => {
    const { access = "public" } = request.routeOptions.config;
    if (access === "public") return;
    request.principal = await authenticate(request, app);
    if (!GRANTS[request.principal.role].includes(access)) {
      const roles = rolesFor(access).join(" or ");
      throw new Problem(
        "forbidden",
        `The key "${request.principal.name}" is a ${request.principal.role}'s; this takes the role ${roles}`,
      );
    }
  });
}

/** The name of who asks, for histories. */
export function callerOf(request: FastifyRequest): string {
  return request.principal?.name ?? "unknown";
}

async function authenticate(request: FastifyRequest, app: FastifyInstance): Promise<ApiKey> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    throw new Problem("unauthenticated", "Send `Authorization: Bearer <API key>`");
  }
  const [, token] = /^Bearer +([\x21-\x7e]{1,400})$/i.exec(authorization) ?? [];
  const key = token === undefined ? null : await app.findKey(token);
  if (key === null) throw new Problem("unauthenticated", "This API key is unknown or was revoked");
  return key;
}
