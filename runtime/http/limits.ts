import { STATUS_CODES, type Server } from "node:http";
import type { Socket } from "node:net";
import type { FastifyHttpOptions } from "fastify";
import { Problem } from "./problem.ts";

const SECOND = 1_000;

/** The largest body that is read whole. */
const BODY_LIMIT = 1024 * 1024;
/** The longest line of a bulk request. */
export const LINE_LIMIT = 64 * 1024;
/** Rows that a bulk request enrolls in one transaction. */
export const BULK_ROWS = 500;

/**
 * What one connection may take up. A request is answered within 30 seconds, a slow body included. Only
 * a bulk request may take longer, and then the connection must not fall silent.
 */
export const limits = {
  bodyLimit: BODY_LIMIT,
  /** Kept by `useDeadline`. */
  handlerTimeout: 30 * SECOND,
  connectionTimeout: 60 * SECOND,
  requestTimeout: 3_600 * SECOND,
  keepAliveTimeout: 72 * SECOND,
  http: {
    headersTimeout: 15 * SECOND,
    maxHeaderSize: 16 * 1024,
    // How often the two above are looked at; node's own half a minute would make 45 seconds of 15.
    connectionsCheckingInterval: 5 * SECOND,
  },
  routerOptions: { maxParamLength: 1_000 },
  onProtoPoisoning: "error",
  onConstructorPoisoning: "error",
} as const satisfies FastifyHttpOptions<Server>;

/** Answers what is not even HTTP, or too slow or too large to be read, and closes the connection. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }
  const problem = problemOfConnection(error.code);
  const body = JSON.stringify(problem.toDocument());
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n` +
      `content-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

function problemOfConnection(code: string | undefined): Problem {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new Problem("timeout", "Send the request faster");
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    return new Problem("headers-too-large", "The headers may have 16 KiB together");
  }
  return new Problem("malformed-request", "This is not valid HTTP/1.1");
}
