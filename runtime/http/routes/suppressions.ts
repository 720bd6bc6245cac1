import type { FastifyInstance } from "fastify";
import type { Channel } from "../../../core/language/document.ts";
import { listSuppressions, removeSuppressions } from "../../../store/suppressions.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint, NO_CONTENT } from "../endpoint.ts";
import { readEmail, readPhone } from "../fields.ts";
import { afterOf, pageOf, UUID, type PageQuery } from "../page.ts";
import { invalid, notFound, type FieldError } from "../problem.ts";
import {
  answer,
  channel,
  externalId,
  instant,
  listOf,
  ok,
  pageQuery,
  purpose,
  uuid,
} from "../schemas/common.ts";

const tag = "Suppressions";
const address = { ...externalId, maxLength: 254 } as const;

interface Given {
  readonly channel: Channel;
  readonly address: string;
  readonly purpose: "marketing" | "all";
  readonly reason: string;
}

/** Addresses that must not be written to. */
export async function suppressionRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, ports } = deps;
  app.addSchema({
    $id: "Suppression",
    ...answer({
      id: uuid,
      channel,
      address: { type: "string" },
      purpose,
      reason: { type: "string" },
      created_at: instant,
    }),
  });

  app.post<{ Body: Partial<Given> & Pick<Given, "channel" | "address"> }>(
    "/v1/suppressions",
    endpoint({
      access: "write",
      tag,
      summary: "Opt an address out, and end the enrollments that can no longer reach it",
      body: {
        type: "object",
        required: ["channel", "address"],
        additionalProperties: false,
        properties: {
          channel,
          address: { ...address, description: "An e-mail address or a phone number." },
          purpose: { ...purpose, description: "What it wants no more of; all if absent." },
          reason: { type: "string", minLength: 1, maxLength: 200, description: "api if absent." },
        },
      },
      answers: {
        200: ok("Suppression", "It was opted out already."),
        201: ok("Suppression", "It is opted out."),
      },
    }),
    async ({ body }, reply) => {
      const { purpose = "all", reason = "api" } = body;
      const normal = normalAddress(body.channel, body.address, { in: "body", path: "/address" });
      const given = { channel: body.channel, address: normal, purpose, reason };
      const [result] = await ports.optOut([given]);
      return reply.code(result?.created === true ? 201 : 200).send(result?.suppression);
    },
  );

  app.get<{ Querystring: PageQuery & { channel?: Channel; address?: string } }>(
    "/v1/suppressions",
    endpoint({
      access: "read",
      tag,
      summary: "List opted-out addresses, the newest first",
      query: { channel, address, ...pageQuery },
      answers: { 200: listOf("Suppression") },
    }),
    async ({ query }) => {
      const { limit, channel, address } = query;
      const filter = {
        ...(channel === undefined ? {} : { channel }),
        ...(address === undefined ? {} : { address: looseAddress(address) }),
      };
      const page = { after: afterOf(query, UUID), limit: limit + 1 };
      return pageOf(await listSuppressions(db, filter, page), limit, (row) => row.id);
    },
  );

  app.delete<{ Params: { id: string } }>(
    "/v1/suppressions/:id",
    endpoint({
      access: "operate",
      tag,
      summary: "Lift a suppression",
      params: { id: uuid },
      answers: { 204: NO_CONTENT },
      problems: ["not-found"],
    }),
    async ({ params }, reply) => {
      if ((await removeSuppressions(db, { id: params.id })) === 0) {
        throw notFound(`suppression ${params.id}`);
      }
      return reply.code(204).send();
    },
  );

  app.delete<{ Querystring: Pick<Given, "channel" | "address"> & Partial<Given> }>(
    "/v1/suppressions",
    {
      ...endpoint({
        access: "operate",
        tag,
        summary: "Lift an address's suppressions",
        query: { channel, address, purpose },
        answers: { 204: NO_CONTENT },
        problems: ["not-found"],
      }),
      preValidation: async ({ query }) => {
        const missing = (["channel", "address"] as const).filter(
          (name) => query[name] === undefined,
        );
        if (missing.length === 0) return;
        throw invalid(missing.map((path) => ({ in: "query", path, message: "is missing" })));
      },
    },
    async ({ query }, reply) => {
      const at = { in: "query", path: "address" } as const;
      const normal = normalAddress(query.channel, query.address, at);
      const lifted = await removeSuppressions(db, { ...query, address: normal });
      if (lifted === 0) throw notFound(`suppression of ${normal} on ${query.channel}`);
      return reply.code(204).send();
    },
  );
}

/** An address as suppressions are compared: e-mail in lower case, phone numbers in E.164. */
function normalAddress(
  channel: Channel,
  text: string,
  at: Pick<FieldError, "in" | "path">,
): string {
  const read = channel === "email" ? readEmail(text) : readPhone(text);
  if ("problem" in read) throw invalid([{ ...at, message: read.problem }]);
  return channel === "email" ? read.value.toLowerCase() : read.value;
}

function looseAddress(text: string): string {
  const read = text.includes("@") ? readEmail(text) : readPhone(text);
  return "value" in read ? read.value.toLowerCase() : text;
}
