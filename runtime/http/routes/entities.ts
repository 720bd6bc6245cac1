import type { FastifyInstance } from "fastify";
import { readAgent } from "../../../store/agents.ts";
import { readContact } from "../../../store/contacts.ts";
import { exportContact, type ContactExport } from "../../../store/privacy.ts";
import { readTarget } from "../../../store/targets.ts";
import { callerOf } from "../auth.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint, NO_CONTENT } from "../endpoint.ts";
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

const EXPORTED = [
  "targets",
  "enrollments",
  "messages",
  "drafts",
  "inbound_messages",
  "suppressions",
] as const satisfies readonly (keyof ContactExport)[];

/** The data that messages are made of: contacts, what enrollments are about, and agents. */
export async function entityRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const records = { type: "array", items: { type: "object", additionalProperties: true } } as const;
  const contact = entityAnswer("contact");
  app.addSchema({
    $id: "ContactExport",
    ...contact,
    description: "A contact, and all else that is kept of them.",
    required: [...contact.required, ...EXPORTED],
    properties: {
      ...contact.properties,
      ...Object.fromEntries(EXPORTED.map((part) => [part, records])),
    },
  });
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
        answers: { 200: ok(type === "contact" ? "ContactExport" : name, `The ${type}.`) },
        problems: ["not-found"],
      }),
      async ({ params: { id } }) => {
        const found = await read(type, id);
        if (found === null) throw notFound(`${type} ${id}`);
        return type === "contact" ? { ...found, ...(await exportContact(deps.db, id)) } : found;
      },
    );
  }

  app.delete<{ Params: { id: string } }>(
    "/v1/contacts/:id",
    endpoint({
      access: "operate",
      tag: "Contacts",
      summary: "Erase a person",
      description:
        "Ends their enrollments and erases their data, texts and addresses. What happened stays without " +
        "them; opt-outs stay as keyed hashes, and hold when the same address comes again.",
      params: { id: externalId },
      answers: { 204: NO_CONTENT },
      problems: ["not-found"],
    }),
    async (request, reply) => {
      const { id } = request.params;
      if (!(await deps.ports.eraseContact(id, callerOf(request)))) throw notFound(`contact ${id}`);
      return reply.code(204).send();
    },
  );

  async function read(type: EntityType, id: string): Promise<object | null> {
    if (type === "contact" || type === "agent") {
      const row = await (type === "contact" ? readContact : readAgent)(deps.db, id);
      return row && { ...row.data, id, updated_at: row.updated_at };
    }
    const row = await readTarget(deps.db, { type, id });
    return row && { ...row.data, id, contact_id: row.contact_id, updated_at: row.updated_at };
  }
}
