import type { FastifyInstance, FastifyRequest } from "fastify";
import { findApiKey, type ApiKey } from "../../store/api-keys.ts";
import type { Role } from "../../store/schema.ts";
import { cache } from "../cache.ts";
import type { AppDeps } from "./deps.ts";
import { Problem, tooMany } from "./problem.ts";
import { allowance, ownerOf } from "./rate.ts";

/** What a route asks of its caller. */
export type Access = "public" | "read" | "write" | "approve" | "operate";

const GRANTS: { readonly [role in Role]: readonly Access[] } = {
  viewer: ["public", "read"],
  enroller: ["public", "read", "write"],
  approver: ["public", "read", "approve"],
  operator: ["public", "read", "write", "approve", "operate"],
};

/**
 * A key of ours, of 256 random bits. Nobody guesses one, so it is looked up also for an address from which too many
 * wrong keys came: behind one proxy, one client with an old key must not lock the others out.
 */
const UNGUESSABLE = /^cdz_[\w-]{32,}$/;
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
    /**
     * Looks up the key that somebody shows; null when it is unknown, revoked or has run out.
     * @throws Problem when too many wrong ones have come from where they are
     */
    findKey(request: FastifyRequest, key: string): Promise<ApiKey | null>;
    /** Whether the key that a request came with still works. */
    stillStands(request: FastifyRequest): Promise<boolean>;
    /** Makes a revoked key useless at once in this process. */
    forgetKeys(): void;
  }
}

/** The roles that a route lets in. */
export function rolesFor(access: Access): Role[] {
  return (Object.keys(GRANTS) as Role[]).filter((role) => GRANTS[role].includes(access));
}

/** Guards every route by its `access`; a route of the API that declares none does not start. */
export function useAuth(app: FastifyInstance, { db, clock, rates }: AppDeps): void {
  const keys = cache(clock, KEY_TTL_MS, (key: string) => findApiKey(db, key, clock.now()));
  const requests = allowance(clock, rates?.requests ?? 0);
  const failures = allowance(clock, rates?.failures ?? 0);
  app.decorateRequest("principal", null);
  app.decorate("findKey", async ({ ip }, key) => {
    const who = ownerOf(ip);
    const wait = failures.wait(who);
    const refuse = () => tooMany("Too many wrong API keys came from this address", wait);
    if (wait > 0 && !UNGUESSABLE.test(key)) throw refuse();
    const found = await keys.get(key);
    if (found !== null) return found;
    failures.take(who);
    if (wait > 0) throw refuse();
    return null;
  });
  app.decorate("stillStands", async ({ headers }) => {
    const key = keyIn(headers.authorization);
    return key !== null && (await keys.get(key)) !== null;
  });
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
    const { id, name } = request.principal;
    const wait = requests.wait(id);
    if (wait > 0) throw tooMany(`The key "${name}" is used too often`, wait);
    requests.take(id);
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
  const token = keyIn(authorization);
  const key = token === null ? null : await app.findKey(request, token);
  if (key === null) throw new Problem("unauthenticated", "This API key is unknown or was revoked");
  return key;
}

function keyIn(authorization = ""): string | null {
  return /^Bearer +([\x21-\x7e]{1,400})$/i.exec(authorization)?.[1] ?? null;
}
