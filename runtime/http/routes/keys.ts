import type { FastifyInstance } from "fastify";
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from "../../../store/api-keys.ts";
import type { Role } from "../../../store/schema.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint, NO_CONTENT } from "../endpoint.ts";
import { notFound, Problem } from "../problem.ts";
import { answer, externalId, instant, listOf, maybeInstant, ok } from "../schemas/common.ts";

const tag = "Keys";
/** Seconds. */
const DAY = 86_400;
const text = { type: "string" } as const;
export const role = {
  type: "string",
  enum: ["viewer", "enroller", "approver", "operator"],
} as const;

/** API keys. */
export async function keyRoutes(app: FastifyInstance, { db, clock }: AppDeps): Promise<void> {
  const known = {
    id: text,
    name: text,
    role,
    created_at: instant,
    revoked_at: maybeInstant,
    expires_at: { ...maybeInstant, description: "When it makes way for the one that replaced it." },
  };
  app.addSchema({ $id: "Key", ...answer(known) });
  app.addSchema({
    $id: "NewKey",
    ...answer({ ...known, key: { ...text, description: "The key itself, shown this once." } }),
  });

  app.post<{ Body: { name: string; role: Role } }>(
    "/v1/keys",
    endpoint({
      access: "operate",
      tag,
      summary: "Make an API key",
      body: {
        type: "object",
        required: ["name", "role"],
        additionalProperties: false,
        properties: { name: { ...externalId, maxLength: 100 }, role },
      },
      answers: { 201: ok("NewKey", "The key; only its hash is kept.") },
    }),
    async (request, reply) => {
      const made = await createApiKey(db, request.body, clock.now());
      if (request.audit !== null) request.audit.subject = made.id;
      return reply.code(201).send(made);
    },
  );

  app.post<{ Params: { id: string }; Body: { grace_seconds?: number } }>(
    "/v1/keys/:id/rotate",
    {
      ...endpoint({
        access: "operate",
        tag,
        summary: "Make a key that takes another one's place",
        description:
          "The new one has the name and the role of the old one, which works on for `grace_seconds` (a " +
          "day if absent) or until it is revoked.",
        params: { id: externalId },
        body: {
          type: "object",
          additionalProperties: false,
          properties: {
            grace_seconds: { type: "integer", minimum: 0, maximum: 30 * DAY, default: DAY },
          },
        },
        answers: { 201: ok("NewKey", "The new key; only its hash is kept.") },
        problems: ["not-found", "wrong-state"],
      }),
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    async ({ params: { id }, body }, reply) => {
      const grace = (body.grace_seconds ?? DAY) * 1_000;
      const made = await rotateApiKey(db, id, grace, clock.now());
      app.forgetKeys();
      if (made === "unknown") throw notFound(`key ${id} that works`);
      if (made === "rotated") throw new Problem("wrong-state", "This key was replaced already");
      return reply.code(201).send(made);
    },
  );

  app.get(
    "/v1/keys",
    endpoint({
      access: "operate",
      tag,
      summary: "List API keys, revoked ones too",
      answers: { 200: listOf("Key") },
    }),
    async () => ({ data: await listApiKeys(db), next_cursor: null }),
  );

  app.delete<{ Params: { id: string } }>(
    "/v1/keys/:id",
    endpoint({
      access: "operate",
      tag,
      summary: "Revoke an API key",
      params: { id: externalId },
      answers: { 204: NO_CONTENT },
      problems: ["not-found", "wrong-state"],
    }),
    async ({ params: { id } }, reply) => {
      const outcome = await revokeApiKey(db, id, clock.now());
      app.forgetKeys();
      if (outcome === "unknown") throw notFound(`key ${id} that is not revoked`);
      if (outcome === "last_operator") {
        throw new Problem(
          "wrong-state",
          "This is the last operator key; make another one before you revoke it",
        );
      }
      return reply.code(204).send();
    },
  );
}
