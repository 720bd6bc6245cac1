import type { FastifyInstance } from "fastify";
import { createApiKey, listApiKeys, revokeApiKey } from "../../../store/api-keys.ts";
import type { Role } from "../../../store/schema.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint, NO_CONTENT } from "../endpoint.ts";
import { notFound, Problem } from "../problem.ts";
import { answer, externalId, instant, listOf, maybeInstant, ok } from "../schemas/common.ts";

const tag = "Keys";
const text = { type: "string" } as const;
const role = { type: "string", enum: ["viewer", "enroller", "approver", "operator"] } as const;

/** API keys. */
export async function keyRoutes(app: FastifyInstance, { db, clock }: AppDeps): Promise<void> {
  const known = { id: text, name: text, role, created_at: instant, revoked_at: maybeInstant };
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
    async ({ body }, reply) => reply.code(201).send(await createApiKey(db, body, clock.now())),
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
