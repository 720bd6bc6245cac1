import type { FastifyInstance } from "fastify";
import { didYouMean } from "../../../core/did-you-mean.ts";
import { addHalt, listHalts, listInboxIds, removeHalt } from "../../../store/halts.ts";
import { listSequenceIds, readVersion } from "../../../store/sequences.ts";
import { callerOf } from "../auth.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint, NO_CONTENT } from "../endpoint.ts";
import { invalid, notFound, Problem } from "../problem.ts";
import { answer, instant, listOf, ok } from "../schemas/common.ts";

const tag = "Halts";
const ID = "[a-z0-9][a-z0-9-]{0,62}";
const scope = {
  type: "string",
  pattern: `^(all|sequence:${ID}(@[1-9][0-9]{0,8})?|inbox:${ID})$`,
  "x-pattern-message": "must be all, sequence:<id>, sequence:<id>@<version> or inbox:<id>",
  examples: ["sequence:billing@3"],
} as const;

/** Halts: new sends in a scope stop within a second. */
export async function haltRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, clock, ports } = deps;
  app.addSchema({
    $id: "Halt",
    ...answer({
      scope: { type: "string" },
      created_at: instant,
      created_by: { type: "string" },
    }),
  });

  app.post<{ Body: { scope: string } }>(
    "/v1/halts",
    endpoint({
      access: "operate",
      tag,
      summary: "Halt a scope",
      body: {
        type: "object",
        required: ["scope"],
        additionalProperties: false,
        properties: { scope },
      },
      answers: { 200: ok("Halt", "It was halted already."), 201: ok("Halt", "It is halted.") },
      problems: ["not-found", "unknown-sequence"],
    }),
    async (request, reply) => {
      await checkScope(request.body.scope);
      const by = callerOf(request);
      const { halt, created } = await addHalt(db, request.body.scope, by, clock.now());
      return reply.code(created ? 201 : 200).send(halt);
    },
  );

  app.get(
    "/v1/halts",
    endpoint({
      access: "read",
      tag,
      summary: "List halts",
      answers: { 200: listOf("Halt") },
    }),
    async () => ({ data: await listHalts(db), next_cursor: null }),
  );

  app.delete<{ Querystring: { scope?: string } }>(
    "/v1/halts",
    endpoint({
      access: "operate",
      tag,
      summary: "Lift a halt",
      query: { scope },
      answers: { 204: NO_CONTENT },
      problems: ["not-found"],
    }),
    async (request, reply) => {
      if (request.query.scope === undefined) {
        throw invalid([{ in: "query", path: "scope", message: "is missing" }]);
      }
      await lift(request.query.scope, callerOf(request));
      return reply.code(204).send();
    },
  );

  app.delete<{ Params: { scope: string } }>(
    "/v1/halts/:scope",
    endpoint({
      access: "operate",
      tag,
      summary: "Lift a halt, its scope in the address",
      params: { scope },
      answers: { 204: NO_CONTENT },
      problems: ["not-found"],
    }),
    async (request, reply) => {
      await lift(request.params.scope, callerOf(request));
      return reply.code(204).send();
    },
  );

  async function lift(given: string, by: string): Promise<void> {
    const unparked = await db
      .transaction()
      .execute((trx) => removeHalt(trx, given, by, clock.now()));
    if (unparked === null) throw notFound(`halt of ${given}`);
    ports.dataChanged();
  }

  /** A halt of something that does not exist would halt nothing, and seem to. */
  async function checkScope(given: string): Promise<void> {
    const [kind, name = ""] = given.split(":");
    const [id = "", version] = name.split("@");
    if (kind === "sequence") {
      refuseUnknown("sequence", id, await listSequenceIds(db));
      if (version !== undefined && (await readVersion(db, id, Number(version))) === null) {
        throw notFound(`version ${version} of ${id}`);
      }
    } else if (kind === "inbox") {
      refuseUnknown("inbox", id, await listInboxIds(db));
    }
  }
}

function refuseUnknown(kind: "sequence" | "inbox", id: string, known: readonly string[]): void {
  if (known.includes(id)) return;
  const guess = didYouMean(id, known);
  const hint = guess === undefined ? "" : `; did you mean ${guess}?`;
  const name = kind === "sequence" ? "unknown-sequence" : "not-found";
  throw new Problem(name, `There is no ${kind} ${id}${hint}`);
}
