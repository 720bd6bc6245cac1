import { Connection } from "./connection.ts";
import { enrollmentOf } from "./rows.ts";

/** What the load generator is to send. */
export interface LoadOrder {
  readonly port: number;
  readonly key: string;
  readonly sequence: string;
  readonly connections: number;
  readonly requests: number;
  /** Whether each request brings somebody new with a charge of theirs, or names a charge that is known. */
  readonly data: boolean;
  /** Tells this load's rows from those of others. */
  readonly round: string;
}

export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A process that sends enrollments in a closed loop: each connection asks again once it is answered. */
process.on("message", (order: LoadOrder) => {
  void run(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit(0));

async function run(order: LoadOrder): Promise<LoadResult> {
  const { port, key, sequence, requests, data, round } = order;
  const connections = await Promise.all(
    Array.from({ length: order.connections }, () => Connection.open(port)),
  );
  const bodies = Array.from({ length: requests }, (_, n) => {
    const { target, ...rest } = enrollmentOf(`${round}-${n}`, sequence);
    return JSON.stringify(data ? { target, ...rest } : { sequence, target });
  });
  const took: number[] = [];
  const began = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
        const start = performance.now();
        const status = await connection.post("/v1/enrollments", key, body);
        took.push(performance.now() - start);
        if (status !== 201) throw new Error(`the server answered ${status}`);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const connection of connections) connection.close();
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
  return { seconds, p50: at(0.5), p99: at(0.99) };
}
