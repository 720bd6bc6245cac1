import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { listReconciliations } from "../../../store/reconciliations-read.ts";
import {
  askForReconciliation,
  readSourceState,
  setSuspended,
} from "../../../store/source-requests.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { afterOf, pageOf, UUID, type PageQuery } from "../page.ts";
import {
  answer,
  commit,
  instant,
  listOf,
  maybeInstant,
  maybeText,
  ok,
  pageQuery,
  uuid,
} from "../schemas/common.ts";

const tag = "Source";
const WAIT_MS = 10_000;
const POLL_MS = 100;

const anything = { type: "object", additionalProperties: true } as const;

const condition = answer({
  type: { type: "string", enum: ["Ready", "Reconciling", "Stalled"] },
  status: { type: "boolean" },
  reason: { type: "string" },
  message: { type: "string" },
  since: { type: "string" },
});

const reconciliation = {
  id: uuid,
  commit_sha: maybeText,
  author: maybeText,
  subject: maybeText,
  started_at: instant,
  finished_at: instant,
  outcome: { type: "string", enum: ["applied", "unchanged", "failed", "stalled"] },
  reason: maybeText,
  message: maybeText,
  diagnostics: { type: "array", items: anything },
  changes: anything,
} as const;

/** A source as it is answered. */
const sourceSchema = {
  $id: "Source",
  ...answer({
    url: maybeText,
    branch: maybeText,
    path: maybeText,
    suspended: { type: "boolean" },
    last_attempted_sha: maybeText,
    last_attempted_at: maybeInstant,
    last_applied_sha: maybeText,
    last_applied_at: maybeInstant,
    acknowledged_sha: maybeText,
    requested_at: maybeInstant,
    answered_at: maybeInstant,
    conditions: { type: "array", items: condition },
  }),
} as const;

/** The git source: what became of its commits, and what an operator may ask of it. */
export async function sourceRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, clock, ports, reconcileWait = WAIT_MS } = deps;
  app.addSchema(sourceSchema);
  app.addSchema({ $id: "Reconciliation", ...answer(reconciliation) });
  app.addSchema({
    $id: "ReconcileAnswer",
    ...answer({
      conditions: { type: "array", items: condition },
      reconciliation: {
        description: "The latest one; null where there has been none.",
        type: ["object", "null"],
        properties: reconciliation,
      },
    }),
  });

  app.get<{ Querystring: PageQuery }>(
    "/v1/reconciliations",
    endpoint({
      access: "read",
      tag,
      summary: "List reconciliations, the newest first",
      query: pageQuery,
      answers: { 200: listOf("Reconciliation") },
    }),
    async ({ query }) => {
      const page = { after: afterOf(query, UUID), limit: query.limit + 1 };
      return pageOf(await listReconciliations(db, page), query.limit, (row) => row.id);
    },
  );

  app.post<{ Body: { acknowledge?: string } }>(
    "/v1/reconcile",
    {
      ...endpoint({
        access: "operate",
        tag,
        summary: "Reconcile now",
        description: "Waits about ten seconds for the controller; then the answer is 202.",
        body: {
          type: "object",
          additionalProperties: false,
          properties: {
            acknowledge: { ...commit, description: "Accepts the stall at this commit." },
          },
        },
        answers: {
          200: ok("ReconcileAnswer", "The controller has looked."),
          202: ok("ReconcileAnswer", "It was asked, and has not answered yet."),
        },
      }),
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    async (request, reply) => {
      const now = clock.now();
      await askForReconciliation(db, request.body.acknowledge ?? null, now);
      ports.requestReconcile();
      // Not `request.signal`: that fires as soon as the body has been read.
      const answered = await answeredSince(now, request.raw.socket);
      const [latest] = await listReconciliations(db, { after: null, limit: 1 });
      const { conditions } = await readSourceState(db);
      return reply.code(answered ? 200 : 202).send({ conditions, reconciliation: latest ?? null });
    },
  );

  for (const [action, suspended, summary] of [
    ["suspend", true, "Suspend the source: nothing is published until it is resumed"],
    ["resume", false, "Resume the source"],
  ] as const) {
    app.post(
      `/v1/source/${action}`,
      endpoint({
        access: "operate",
        tag,
        summary,
        answers: { 200: ok("Source", "As it is now.") },
      }),
      async () => {
        const changed = await setSuspended(db, suspended);
        if (changed && !suspended) ports.requestReconcile();
        return readSourceState(db);
      },
    );
  }

  /** Whether the controller, wherever it runs, answered a request of `instant` before the wait ended. */
  async function answeredSince(instant: number, caller: Socket): Promise<boolean> {
    for (let waited = 0; ; waited += POLL_MS) {
      const { answered_at } = await readSourceState(db);
      if (answered_at !== null && answered_at.getTime() >= instant) return true;
      if (waited >= reconcileWait || caller.destroyed) return false;
      await sleep(POLL_MS);
    }
  }
}
