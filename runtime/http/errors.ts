import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../log.ts";
import { Problem, type ProblemName } from "./problem.ts";

/** What the framework's own errors mean to a caller. */
const FRAMEWORK: { readonly [code: string]: readonly [ProblemName, detail: string] } = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    "body-too-large",
    "A body may have 1 MiB; enroll many through POST /v1/enrollments/bulk",
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["unsupported-media-type", "Send application/json"],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    "malformed-request",
    "The body is shorter or longer than its Content-Length",
  ],
  FST_ERR_BAD_URL: ["malformed-request", "The address holds a broken percent-encoding"],
  FST_ERR_MAX_PARAM_LENGTH: ["uri-too-long", "An id may have 200 characters"],
};

/** PostgreSQL error classes that pass: connection, resources, operator intervention, rollback of a victim. */
const PASSING = /^(08|53|57P|40)/;
const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND"]);

/** What an error means to a caller. Anything unexpected is masked: only the log has it. */
export function problemOf(error: unknown, requestId: string): Problem {
  if (error instanceof Problem) return error;
  const { code = "", statusCode = 500, message = "" } = error as Partial<FastifyError>;
  const known = FRAMEWORK[code];
  if (known !== undefined) return new Problem(...known);
  if (
    PASSING.test(code) ||
    NETWORK.has(code) ||
    /timeout exceeded when trying to connect/.test(message)
  ) {
    return new Problem("unavailable", "The database does not answer; try again shortly");
  }
  if (statusCode >= 400 && statusCode < 500) return new Problem("malformed-request", message);
  return new Problem("internal", `The server's log tells more under request ${requestId}`);
}

/** Answers an error as a problem document, and logs what is ours to mend. */
export function sendProblem(
  log: Log,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500) logFailure(log, error, request.id);
  // What is still to come of a body that nobody reads must not be taken for the next request.
  if (!request.raw.complete) reply.header("connection", "close");
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="cadenza"');
  if (problem.retryAfter !== undefined) reply.header("retry-after", String(problem.retryAfter));
  // As bytes, because the framework would add a charset, which this media type does not have.
  const document = Buffer.from(JSON.stringify(problem.toDocument(pathOf(request))));
  return reply.code(problem.status).type("application/problem+json").send(document);
}

/** Logs an error without what the database tells of its values. */
export function logFailure(log: Log, error: unknown, requestId: string): void {
  const { code, stack } = error as Partial<FastifyError>;
  log.error("request_failed", { request: requestId, code, stack });
}

function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0] ?? request.url;
}
