import type { FastifyInstance } from "fastify";
import { readAgent } from "../../../store/agents.ts";
import { readContact } from "../../../store/contacts.ts";
import { readTarget } from "../../../store/targets.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import {
  entityAnswer,
  entitySchema,
  readEntity,
  type EntityBody,
  type EntityType,
} from "../entities.ts";
import { invalid, notFound, Problem, type ProblemName } from "../problem.ts";
import { externalId, ok } from "../schemas/common.ts";

const ENTITIES: {
  readonly [type in EntityType]: { readonly path: string; readonly name: string };
} = {
  contact: { path: "contacts", name: "Contact" },
  conversation: { path: "conversations", name: "Conversation" },
  deal: { path: "deals", name: "Deal" },
  appointment: { path: "appointments", name: "Appointment" },
  charge: { path: "charges", name: "Charge" },
  agent: { path: "agents", name: "Agent" },
};

/** The data that messages are made of: contacts, what enrollments are about, and agents. */
export async function entityRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  for (const [key, { path, name }] of Object.entries(ENTITIES)) {
    const type = key as EntityType;
    const isRecord = type !== "contact" && type !== "agent";
    const tag = `${name}s`;
    app.addSchema({ $id: name, ...entityAnswer(type) });

    app.put<{ Params: { id: string }; Body: EntityBody }>(
      `/v1/${path}/:id`,
      endpoint({
        access: "write",
        tag,
        summary: `Create or merge a ${type}`,
        description:
          "Given fields merge, null clears one, `custom` merges per key. Enrollments follow at once: a " +
          "date that moved moves the step that waits for it, and data that arrives releases what it held." +
          (isRecord ? " A new one needs `contact_id`, and stays with that contact." : ""),
        params: { id: externalId },
        body: entitySchema(type),
        answers: { 200: ok(name, "Merged."), 201: ok(name, "Created.") },
        problems: isRecord
          ? (["other-contact", "unknown-contact", "contact-missing"] as ProblemName[])
          : [],
      }),
      async ({ params: { id }, body }, reply) => {
        const { data, errors } = readEntity(type, body, await app.attributes(), "");
        if (body.id !== undefined && body.id !== id) {
          const path = "/id";
          throw invalid([
            { in: "body", path, message: "must be the id in the address" },
            ...errors,
          ]);
        }
        if (errors.length > 0) throw invalid(errors);
        const contactId = body.contact_id ?? null;
        const result = await deps.ports.mergeEntity({ type, id, contactId, data });
        if ("refused" in result) throw new Problem(result.refused.problem, result.refused.detail);
        return reply.code(result.created ? 201 : 200).send(await read(type, id));
      },
    );

    app.get<{ Params: { id: string } }>(
      `/v1/${path}/:id`,
      endpoint({
        access: "read",
        tag,
        summary: `Read a ${type}`,
        params: { id: externalId },
        answers: { 200: ok(name, `The ${type}.`) },
        problems: ["not-found"],
      }),
      async ({ params: { id } }) => {
        const found = await read(type, id);
        if (found === null) throw notFound(`${type} ${id}`);
        return found;
      },
    );
  }

  async function read(type: EntityType, id: string): Promise<object | null> {
    if (type === "contact" || type === "agent") {
      const row = await (type === "contact" ? readContact : readAgent)(deps.db, id);
      return row && { ...row.data, id, updated_at: row.updated_at };
    }
    const row = await readTarget(deps.db, { type, id });
    return row && { ...row.data, id, contact_id: row.contact_id, updated_at: row.updated_at };
  }
}
