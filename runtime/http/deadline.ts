import type { FastifyInstance, FastifyReply } from "fastify";
import { Problem } from "./problem.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The request may last as long as it makes progress. */
    mayLast?: true;
  }
}

/**
 * Answers each request within a time, whether its body does not arrive or we do not get done. The framework's own
 * timeout makes a timer and an abort signal for each request, and forgets both once the body has been read.
 * @param within milliseconds
 */
export function useDeadline(app: FastifyInstance, within: number): void {
  // All are given the same time: the first to come is the first whose time is up, and one timer does for all.
  const deadlines = new Map<FastifyReply, number>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    timer = undefined;
    const now = performance.now();
    for (const [reply, deadline] of deadlines) {
      if (deadline > now) return watch(deadline - now);
      deadlines.delete(reply);
      end(reply);
    }
  }
  function watch(wait: number): void {
    timer ??= setTimeout(look, wait).unref();
  }

  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.config.mayLast !== true) {
      deadlines.set(reply, performance.now() + within);
      watch(within);
    }
    done();
  });
  app.addHook("onResponse", (_request, reply, done) => {
    deadlines.delete(reply);
    done();
  });
}

function end(reply: FastifyReply): void {
  if (reply.sent || reply.raw.destroyed) return;
  const problem = reply.request.raw.complete
    ? new Problem("unavailable", "The request took too long; try again")
    : new Problem("timeout", "The body did not arrive in time");
  // What has begun cannot become another answer.
  if (reply.raw.headersSent) {
    reply.raw.destroy(problem);
    return;
  }
  reply.send(problem);
  // The answer is on its way, though it may wait for its record: what the handler says too late is left.
  reply.hijack();
}
