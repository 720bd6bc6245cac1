import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a provider got it. */
interface Asked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A provider's API on this machine: what it was asked, and what it answers from now on. */
export interface Provider {
  readonly url: string;
  readonly asked: Asked[];
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function startProvider(answer: Provider["answer"]): Promise<Provider> {
  const asked: Asked[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString("utf8");
      asked.push({ path: request.url ?? "", headers: request.headers, text });
      provider.answer(response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const provider: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer,
    async close() {
      server.closeAllConnections();
      if (!server.listening) return;
      server.close();
      await once(server, "close");
    },
  };
  return provider;
}

/** Answers with JSON. */
export function json(status: number, body: object, headers: Record<string, string> = {}) {
  return (response: ServerResponse) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
}
