import { readFile } from "node:fs/promises";
import { join } from "node:path";
import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readApiKey, type ApiKey } from "../../store/api-keys.ts";
import { readWorkspace } from "../../store/workspace.ts";
import type { AppDeps } from "../http/deps.ts";
import { rolesFor } from "../http/auth.ts";
import { PROBLEMS } from "../http/problem.ts";
import { readHome } from "./home.ts";
import { auditPages } from "./pages/audit.ts";
import { approvalPages } from "./pages/approvals.ts";
import { enrollmentPages, htmlOf } from "./pages/enrollments.ts";
import { messagePages } from "./pages/messages.ts";
import type { Console } from "./pages/page.ts";
import { sequencePages } from "./pages/sequences.ts";
import { issueSession, readSession, SESSION_MS } from "./session.ts";
import { render, VIEWS, type Frame } from "./views.ts";

const COOKIE = "cadenza_session";
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Stricter would send `Origin: null` with our own forms.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
};
/** Of a message's HTML: nothing in it runs, asks anybody for anything, or leads anywhere. */
const FRAMED =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'";
const WRONG_KEY =
  "This key is unknown or was revoked. Paste the whole key, beginning with its cdz_.";
const ELSEWHERE = "The form came from another site. Open the console itself and sign in there.";

/**
 * The console: pages made on the server; a script only brings shortcuts. One signs in with an API key; the browser
 * then holds a signed session and never the key.
 */
export async function consoleRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, clock, sessionSecret, delivery } = deps;
  const styles = await readFile(join(VIEWS, "console.css"), "utf8");
  const script = await readFile(join(VIEWS, "console.js"), "utf8");
  const icon = await readFile(join(VIEWS, "favicon.svg"), "utf8");
  await app.register(cookie);
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: 100_000 });
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(HEADERS);
  });

  app.get("/", { schema: { hide: true } }, async (request, reply) => {
    const key = await signedIn(request);
    if (key === null) return signInPage(reply, 200, null);
    const frame = await frameOf(request.url);
    return page(reply, 200, "home.njk", {
      frame,
      today: new Date(frame.now),
      key,
      delivery,
      ...(await readHome(db)),
    });
  });

  app.post<{ Body: { key?: unknown } | undefined }>(
    "/sign-in",
    { schema: { hide: true } },
    async (request, reply) => {
      if (!isOwnForm(request)) return signInPage(reply, 403, ELSEWHERE);
      const given = request.body?.key;
      const key = typeof given === "string" ? await app.findKey(request, given.trim()) : null;
      if (key === null) return signInPage(reply, 401, WRONG_KEY);
      await app.audit(request, key, "POST /v1/sign-in");
      const token = issueSession(sessionSecret, key.id, clock.now());
      reply.setCookie(COOKIE, token, { ...cookieOptions(request), maxAge: SESSION_MS / 1_000 });
      return reply.redirect("/", 303);
    },
  );

  app.post("/sign-out", { schema: { hide: true } }, async (request, reply) => {
    if (isOwnForm(request)) reply.clearCookie(COOKIE, cookieOptions(request));
    return reply.redirect("/", 303);
  });

  app.get("/console.css", { schema: { hide: true } }, async (_request, reply) =>
    reply.type("text/css; charset=utf-8").header("cache-control", "max-age=300").send(styles),
  );

  app.get("/console.js", { schema: { hide: true } }, async (_request, reply) =>
    reply
      .type("text/javascript; charset=utf-8")
      .header("cache-control", "max-age=300")
      .send(script),
  );

  app.get<{ Params: { id: string } }>(
    "/messages/:id/html",
    { schema: { hide: true } },
    async (request, reply) => {
      if ((await signedIn(request)) === null) return signInPage(reply, 401, null);
      const html = await htmlOf(deps, request.params.id);
      if (html === null) return notFoundPage(reply, request.url);
      return reply
        .header("content-security-policy", FRAMED)
        .type("text/html; charset=utf-8")
        .send(html);
    },
  );

  const pages: Console = {
    show(url, view, read) {
      app.get(url, { schema: { hide: true } }, async (request, reply) => {
        const key = await signedIn(request);
        if (key === null) return signInPage(reply, 200, null);
        const shown = await read(request, key);
        if (shown === null) return notFoundPage(reply, request.url);
        return page(reply, 200, view, { frame: await frameOf(request.url), key, ...shown });
      });
    },
    act(url, access, run) {
      app.post(url, { schema: { hide: true } }, async (request, reply) => {
        if (!isOwnForm(request)) return signInPage(reply, 403, ELSEWHERE);
        const key = await signedIn(request);
        if (key === null) return signInPage(reply, 401, null);
        const frame = await frameOf(request.url);
        const refuse = (status: number, detail: string) =>
          page(reply, status, "refused.njk", { frame, key, detail });
        if (!rolesFor(access).includes(key.role)) {
          return refuse(403, `The key “${key.name}” is a ${key.role}’s, who may not do that.`);
        }
        await app.audit(request, key, `POST /v1${url}`);
        const { result, to } = await run(request, key.name);
        if ("refused" in result) {
          return refuse(PROBLEMS[result.refused.problem][0], result.refused.detail);
        }
        return reply.redirect(to, 303);
      });
    },
  };
  approvalPages(pages, deps);
  enrollmentPages(pages, deps);
  messagePages(pages, deps);
  sequencePages(pages, deps);
  auditPages(pages, deps);

  app.get("/favicon.svg", { schema: { hide: true } }, async (_request, reply) =>
    reply.type("image/svg+xml").header("cache-control", "max-age=86400").send(icon),
  );

  async function signedIn(request: FastifyRequest): Promise<ApiKey | null> {
    const token = request.cookies[COOKIE];
    const keyId = token === undefined ? null : readSession(sessionSecret, token, clock.now());
    return keyId === null ? null : readApiKey(db, keyId, clock.now());
  }

  async function frameOf(
    url: string,
  ): Promise<
    Frame & { readonly today: Date; readonly workspace: string | null; readonly path: string }
  > {
    const stored = await readWorkspace(db);
    const { name = null, timezone = "UTC" } = stored?.policy ?? {};
    const now = clock.now();
    const path = url.split("?", 1)[0] ?? "";
    return { now, today: new Date(now), zone: timezone, workspace: name, path };
  }

  async function notFoundPage(reply: FastifyReply, url: string) {
    const path = url.split("?", 1)[0] ?? "";
    return page(reply, 404, "not-found.njk", { frame: await frameOf(url), path });
  }

  function signInPage(reply: FastifyReply, status: number, problem: string | null) {
    const frame = { now: clock.now(), zone: "UTC", workspace: null };
    return page(reply, status, "sign-in.njk", { frame, problem });
  }
}

function page(
  reply: FastifyReply,
  status: number,
  view: string,
  context: { readonly frame: Frame; readonly [name: string]: unknown },
) {
  return reply.code(status).type("text/html; charset=utf-8").send(render(view, context));
}

function cookieOptions(request: FastifyRequest) {
  const proxied = request.headers["x-forwarded-proto"] === "https";
  const secure = proxied || request.protocol === "https";
  return { path: "/", httpOnly: true, sameSite: "strict", secure } as const;
}

/** A form of this site's own, as the browser says; what is no browser has no session to be abused. */
function isOwnForm(request: FastifyRequest): boolean {
  const { origin, host, "sec-fetch-site": site } = request.headers;
  if (site !== undefined) return site === "same-origin";
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
