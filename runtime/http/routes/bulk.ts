import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { AppDeps } from "../deps.ts";
import { endpoint } from "../endpoint.ts";
import { enrollRows } from "../bulk.ts";
import { strictJson } from "../json.ts";
import { Problem } from "../problem.ts";
import { enrollBody } from "../schemas/enrollment.ts";

/**
 * How much of the answer may wait while the client still sends: some read nothing before they have sent
 * all, and would stand still with us otherwise.
 */
const UNREAD_BYTES = 16 * 1024 * 1024;
const NDJSON = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/** `POST /v1/enrollments/bulk`: a stream in, a stream out. */
export async function bulkRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  const parse = strictJson(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(NDJSON, (_request, payload, done) => done(null, payload));

  app.post<{ Body: AsyncIterable<Buffer> | undefined }>(
    "/v1/enrollments/bulk",
    {
      ...endpoint({
        access: "write",
        mayLast: true,
        tag: "Enrollments",
        summary: "Enroll any number of targets",
        description:
          "Takes one body of `POST /v1/enrollments` a line and answers one line a row, in order: " +
          '`{"line", "status", …}` with the enrollment, or with `error`, a problem document. A row ' +
          "that is refused does not stop the others. Rows are enrolled as they arrive, 500 at most in a " +
          "transaction. Where the key is revoked meanwhile, the last line has a `status` of 401 and no `line`.",
        body: { ...enrollBody, description: "One object a line." },
        consumes: [NDJSON[0]!],
        answers: {
          200: {
            description: "One line a row.",
            content: {
              "application/x-ndjson": {
                schema: {
                  type: "object",
                  properties: {
                    line: { type: "integer", description: "The row's line, counted from 1." },
                    status: { type: "integer" },
                    id: { type: "string" },
                    sequence: { type: "string" },
                    version: { type: "integer" },
                    state: { type: "string" },
                    next_step: { type: ["string", "null"] },
                    next_due_at: { type: ["string", "null"], format: "date-time" },
                    error: { $ref: "Problem#" },
                  },
                },
              },
            },
          },
        },
      }),
      validatorCompiler: () => () => true,
    },
    async (request, reply) => {
      if (request.body === undefined) {
        throw new Problem("unsupported-media-type", `Send rows as ${NDJSON[0]}`);
      }
      const rows = enrollRows(request.body, {
        parse,
        attributes: await app.attributes(),
        ports: deps.ports,
        log: deps.log,
        requestId: request.id,
      });
      const allowed = whileAllowed(rows, () => app.stillStands(request));
      const answer = Readable.from(allowed, { objectMode: false, highWaterMark: UNREAD_BYTES });
      return reply.type("application/x-ndjson").send(answer);
    },
  );
}

/** A revoked key stops at once, also in the middle of a stream. */
async function* whileAllowed(
  rows: AsyncIterable<string>,
  isAllowed: () => Promise<boolean>,
): AsyncGenerator<string> {
  for await (const answers of rows) {
    yield answers;
    if (await isAllowed()) continue;
    const problem = new Problem("unauthenticated", "The API key was revoked");
    yield `${JSON.stringify({ status: problem.status, error: problem.toDocument() })}\n`;
    return;
  }
}
