import type { FastifyInstance } from "fastify";
import { saveGitDelivery } from "../../../store/inbound.ts";
import { askForReconciliation, readSourceState } from "../../../store/source-requests.ts";
import { gitDeliveryOf, gitProofOf, isPushTo, provesGit } from "../../inbound/git.ts";
import { formOf } from "../../inbound/verify.ts";
import { transact } from "../../transact.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { bodyOf, jsonOf, RAW, useRawBodies } from "../raw-body.ts";
import { createDoors, refused } from "../webhook-doors.ts";

const BODY_LIMIT = 4 * 1024 * 1024;
const FORM = "application/x-www-form-urlencoded";

/** What the source's host reports: it makes the controller look sooner, and is believed in nothing else. */
export async function gitWebhookRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { db, clock, ports } = deps;
  const doors = createDoors(deps);
  useRawBodies(app);

  app.post(
    "/webhooks/git",
    {
      ...endpoint({
        access: "public",
        tag: "Webhooks",
        summary: "GitHub, GitLab: something was pushed",
        description:
          "Asks for a reconciliation when the source's branch was pushed. Proof, by " +
          "`CADENZA_GIT_WEBHOOK_SECRET`: `X-Hub-Signature-256`, a signature by Standard Webhooks, or " +
          "`X-Gitlab-Token`.",
        body: { type: "object", additionalProperties: true },
        consumes: ["application/json", FORM],
        answers: {
          202: { description: "A reconciliation is asked for.", type: "null" },
          204: { description: "Nothing of the source's branch, or nothing new.", type: "null" },
        },
        problems: ["unauthenticated", "body-too-large"],
      }),
      ...RAW,
      bodyLimit: BODY_LIMIT,
      /** A body is not even read for somebody who has nothing to show. */
      onRequest: async ({ headers }) => {
        const secret = doors.gitSecret();
        const proof = gitProofOf(headers);
        const isWrong = () => !provesGit("token", secret, headers, Buffer.alloc(0), clock.now());
        if (proof === null || (proof === "token" && isWrong())) throw refused();
      },
    },
    async (request, reply) => {
      const { headers } = request;
      const body = bodyOf(request);
      const now = clock.now();
      const proof = gitProofOf(headers);
      if (proof === null || !provesGit(proof, doors.gitSecret(), headers, body, now)) {
        throw refused();
      }
      // GitHub's hooks are forms unless told otherwise.
      const isForm = headers["content-type"]?.startsWith(FORM) === true;
      const event = jsonOf(isForm ? String(formOf(body.toString())["payload"]) : body);
      const { branch } = await readSourceState(db);
      if (!isPushTo(event, branch)) return reply.code(204).send();
      const key = gitDeliveryOf(proof, headers);
      const isNew = await transact(db, async (trx) => {
        if (key !== null && !(await saveGitDelivery(trx, key, now))) return false;
        await askForReconciliation(trx, null, now);
        return true;
      });
      if (isNew) ports.requestReconcile();
      return reply.code(isNew ? 202 : 204).send();
    },
  );
}
