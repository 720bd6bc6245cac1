import type { FastifyInstance, FastifyRequest } from "fastify";
import { readEmail } from "../../inbound/email.ts";
import { readMeta } from "../../inbound/meta.ts";
import { readTwilio } from "../../inbound/twilio.ts";
import {
  formOf,
  isFromTwilio,
  isHubSigned,
  proofOf,
  proves,
  sameSecret,
} from "../../inbound/verify.ts";
import { readWhatsAppWeb } from "../../inbound/whatsapp-web.ts";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { Problem } from "../problem.ts";
import { bodyOf, jsonOf, RAW, useRawBodies } from "../raw-body.ts";
import { answer, resourceId } from "../schemas/common.ts";
import { createDoors, refused, type Door } from "../webhook-doors.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const tag = "Webhooks";
const params = { inbox: { ...resourceId, description: "The inbox's id." } } as const;
const received = answer({ received: { type: "integer" } }, "Kept; `received` counts what was new.");
const PROOF =
  '`X-Cadenza-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">`, or the inbox\'s ' +
  "`webhook_secret` itself as `X-Cadenza-Secret`, as a bearer token or as basic authentication's password.";

interface Route {
  readonly Params: { inbox: string };
  readonly Body: Buffer | undefined;
  readonly Querystring: { readonly [name: string]: unknown };
}

/** What providers report: every body is checked as the bytes that came, before anything of it is read. */
export async function webhookRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const { clock, ports, publicUrl } = deps;
  const doors = createDoors(deps);
  useRawBodies(app);
  const documented = {
    access: "public",
    tag,
    params,
    problems: ["unauthenticated", "not-found", "body-too-large"],
  } as const;

  app.post<Route>(
    "/webhooks/twilio/:inbox",
    {
      ...endpoint({
        ...documented,
        summary: "Twilio: messages and statuses",
        description: "Signed by Twilio (`X-Twilio-Signature`) with the inbox's `auth_token`.",
        body: { type: "object", additionalProperties: true },
        consumes: ["application/x-www-form-urlencoded"],
        answers: {
          200: { description: "Kept.", content: { "text/xml": { schema: { type: "string" } } } },
        },
      }),
      ...RAW,
      bodyLimit: 256 * KIB,
      onRequest: async (request) => signedBy(request, "x-twilio-signature"),
    },
    async (request, reply) => {
      const door = await doors.find(request.params.inbox, "twilio");
      const body = bodyOf(request);
      const token = await door.secret("auth_token");
      if (!isFromTwilio(token, request.headers, `${publicUrl}${request.url}`, body))
        throw refused();
      const events = readTwilio(formOf(body.toString("utf8")), request.query);
      await ports.receive(door.inbox.id, events);
      return reply.type("text/xml").send("<Response/>");
    },
  );

  app.get<{ Params: Route["Params"]; Querystring: { readonly [name: string]: string } }>(
    "/webhooks/meta/:inbox",
    endpoint({
      ...documented,
      summary: "Meta: verification of the address",
      description: "Answers the challenge where the token is the inbox's `verify_token`.",
      query: {
        "hub.mode": { type: "string" },
        "hub.verify_token": { type: "string" },
        "hub.challenge": { type: "string", pattern: "^[\\w.-]{1,200}$" },
      },
      answers: {
        200: {
          description: "The challenge.",
          content: { "text/plain": { schema: { type: "string" } } },
        },
      },
      problems: [...documented.problems, "forbidden"],
    }),
    async ({ params: { inbox }, query }, reply) => {
      const door = await doors.find(inbox, "meta");
      const [mode, token = "", challenge = ""] = [
        query["hub.mode"],
        query["hub.verify_token"],
        query["hub.challenge"],
      ];
      if (mode !== "subscribe" || !sameSecret(token, await door.secret("verify_token"))) {
        throw new Problem("forbidden", "The verify token is another one");
      }
      return reply.type("text/plain; charset=utf-8").send(challenge);
    },
  );

  app.post<Route>(
    "/webhooks/meta/:inbox",
    {
      ...endpoint({
        ...documented,
        summary: "Meta: messages and statuses",
        description:
          "Signed by Meta (`X-Hub-Signature-256`) with the inbox's `app_secret`. What is about another " +
          "number of the same app goes to that number's inbox.",
        body: { type: "object", additionalProperties: true },
        answers: { 200: received },
      }),
      ...RAW,
      bodyLimit: 4 * MIB,
      onRequest: async (request) => signedBy(request, "x-hub-signature-256"),
    },
    async (request) => {
      const door = await doors.find(request.params.inbox, "meta");
      const body = bodyOf(request);
      const isGood = async (one: Door) =>
        isHubSigned(await one.secret("app_secret"), request.headers, body);
      if (!(await isGood(door))) throw refused();
      let count = 0;
      for (const { phoneNumberId, events } of readMeta(jsonOf(body))) {
        const owner = await doors.ofNumber(door, phoneNumberId);
        if (owner === null || !(owner === door || (await isGood(owner)))) continue;
        count += await ports.receive(owner.inbox.id, events);
      }
      return { received: count };
    },
  );

  const proven = async (request: FastifyRequest, door: Door) => {
    const proof = proofOf(request.headers);
    if (
      proof === null ||
      !proves(proof, await door.secret("webhook_secret"), bodyOf(request), clock.now())
    ) {
      throw refused();
    }
  };
  /** A body is not even read for somebody who has nothing to show. */
  const shown = (provider: "whatsapp_web" | "smtp") => async (request: FastifyRequest) => {
    const { inbox } = request.params as Route["Params"];
    const door = await doors.find(inbox, provider);
    if (proofOf(request.headers)?.kind !== "signature") await proven(request, door);
  };

  app.post<Route>(
    "/webhooks/whatsapp_web/:inbox",
    {
      ...endpoint({
        ...documented,
        summary: "WhatsApp Web: a gateway's messages and statuses",
        description: `In the shape of the Evolution API. Proof: ${PROOF}`,
        body: { type: "object", additionalProperties: true },
        answers: { 200: received },
      }),
      ...RAW,
      bodyLimit: 8 * MIB,
      onRequest: shown("whatsapp_web"),
    },
    async (request) => {
      const door = await doors.find(request.params.inbox, "whatsapp_web");
      await proven(request, door);
      return {
        received: await ports.receive(door.inbox.id, readWhatsAppWeb(jsonOf(bodyOf(request)))),
      };
    },
  );

  app.post<Route>(
    "/webhooks/email/:inbox",
    {
      ...endpoint({
        ...documented,
        summary: "Email: a mail that came in, or a bounce",
        description: `The whole mail as it came over the wire (RFC 5322). Proof: ${PROOF}`,
        body: { type: "string" },
        consumes: ["message/rfc822"],
        answers: { 200: received },
      }),
      ...RAW,
      bodyLimit: 26 * MIB,
      onRequest: shown("smtp"),
    },
    async (request) => {
      const door = await doors.find(request.params.inbox, "smtp");
      await proven(request, door);
      return { received: await ports.receive(door.inbox.id, await readEmail(bodyOf(request))) };
    },
  );
}

/** Nothing is read of a request that does not even carry the header. */
function signedBy(request: FastifyRequest, header: string): void {
  if (typeof request.headers[header] !== "string") {
    throw new Problem("unauthenticated", `The request carries no ${header}`);
  }
}
