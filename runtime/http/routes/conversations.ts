import type { FastifyInstance } from "fastify";
import { listConversationMessages } from "../../../store/conversations-read.ts";
import { readTarget } from "../../../store/targets.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { afterOf, pageOf, UUID, type PageQuery } from "../page.ts";
import { notFound } from "../problem.ts";
import {
  answer,
  channel,
  externalId,
  instant,
  listOf,
  maybeText,
  pageQuery,
  uuid,
} from "../schemas/common.ts";

/** What was said in a conversation, by either side. */
export async function conversationRoutes(app: FastifyInstance, { db }: AppDeps): Promise<void> {
  const text = { type: "string" } as const;
  app.addSchema({
    $id: "ConversationMessage",
    ...answer({
      id: uuid,
      direction: { type: "string", enum: ["in", "out"] },
      at: instant,
      channel,
      inbox: text,
      address: maybeText,
      subject: maybeText,
      text: maybeText,
      media: {
        type: "array",
        description: "Files that came with it; they stay at the provider.",
        items: { type: "object", additionalProperties: true },
      },
      state: {
        ...text,
        description: "How far ours got; of theirs, who wrote: `human`, `reaction` or `automatic`.",
      },
      enrollment_id: maybeText,
      step: maybeText,
    }),
  });

  app.get<{ Params: { id: string }; Querystring: PageQuery }>(
    "/v1/conversations/:id/messages",
    endpoint({
      access: "read",
      tag: "Conversations",
      summary: "List a conversation's messages, the newest first",
      params: { id: externalId },
      query: pageQuery,
      answers: { 200: listOf("ConversationMessage") },
      problems: ["not-found"],
    }),
    async ({ params: { id }, query }) => {
      if ((await readTarget(db, { type: "conversation", id })) === null) {
        throw notFound(`conversation ${id}`);
      }
      const page = { after: afterOf(query, UUID), limit: query.limit + 1 };
      return pageOf(await listConversationMessages(db, id, page), query.limit, (row) => row.id);
    },
  );
}
