import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { EXIT, UsageError, type ExitCode, type Io } from "./io.ts";

export interface RemoteOptions {
  readonly server?: string;
  readonly output: string;
}

/** A server refused a request: its problem document, ready to be told. */
export class Refused extends Error {
  override readonly name = "Refused";
  /** The problem's name, such as `unknown-target`; null where the answer has none. */
  readonly problem: string | null;

  constructor(message: string, problem: string | null) {
    super(message);
    this.problem = problem;
  }
}

/** A server's API, as one operator sees it. */
export interface Client {
  /**
   * Asks for a JSON answer.
   * @throws UsageError when the server cannot be reached or refuses the key
   * @throws Refused when it refuses the request itself
   */
  request<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>;
  /** Sends NDJSON and hands on each line of the answer. */
  stream(
    path: string,
    ndjson: Uint8Array<ArrayBuffer>,
    onLine: (line: string) => void,
  ): Promise<void>;
}

const TIMEOUT_MS = 30_000;

/**
 * A client for `--server`, with the key of `CADENZA_API_KEY` or of this folder's own server.
 * @throws UsageError when there is no key
 */
export async function connect(options: RemoteOptions, io: Io): Promise<Client> {
  const server = (options.server ?? io.env["CADENZA_SERVER"] ?? "http://127.0.0.1:8080").replace(
    /\/$/,
    "",
  );
  if (server === "") throw new UsageError("--server is empty; give the server's address");
  const key = (io.env["CADENZA_API_KEY"] ?? (await storedKey(io))).trim();
  // Else fetch refuses the header, and says what stands in it.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new UsageError(
      "CADENZA_API_KEY is no API key: it is empty, or has spaces or other signs",
    );
  }
  const headers = { authorization: `Bearer ${key}` };
  const send = async (path: string, init: RequestInit) => {
    try {
      return await fetch(`${server}${path}`, init);
    } catch (error) {
      throw new UsageError(
        `cannot reach ${server} (${reasonOf(error)}); is "cadenza serve" running? --server names another one`,
      );
    }
  };
  return {
    async request<T>(method: string, path: string, body?: unknown) {
      const json = body === undefined ? {} : { "content-type": "application/json" };
      const response = await send(path, {
        method,
        headers: { ...headers, ...json },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok) throw refusal(response.status, text, server);
      return { status: response.status, body: (text === "" ? null : answerIn(text, server)) as T };
    },
    async stream(path, ndjson, onLine) {
      const response = await send(path, {
        method: "POST",
        headers: { ...headers, "content-type": "application/x-ndjson" },
        body: ndjson,
      });
      if (!response.ok) throw refusal(response.status, await response.text(), server);
      let rest = "";
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const lines = `${rest}${chunk}`.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line !== "") onLine(line);
      }
      if (rest !== "") onLine(rest);
    },
  };
}

/** Runs a remote command: what the server refuses is one message and exit code 1. */
export async function telling(io: Io, command: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await command();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    io.err(`cadenza: ${error.message}\n`);
    return EXIT.findings;
  }
}

async function storedKey(io: Io): Promise<string> {
  const folder = io.env["CADENZA_DATA"] ?? ".cadenza";
  const key = await readFile(resolve(io.cwd, folder, "api-key"), "utf8").catch(() => null);
  if (key === null) {
    throw new UsageError(
      "no API key: set CADENZA_API_KEY, or run this in the folder where the server keeps its .cadenza/",
    );
  }
  return key;
}

function refusal(status: number, text: string, server: string): Error {
  if (status === 401) {
    return new UsageError(`${server} does not know this API key; check CADENZA_API_KEY`);
  }
  const problem = parse(text);
  const title = problem.detail ?? problem.title ?? `the server answered ${status}`;
  const errors = (problem.errors ?? []).map(describe).filter((error) => !title.includes(error));
  const details = errors.map((error) => `\n  ${error}`);
  const name = problem.type?.startsWith(PROBLEM) ? problem.type.slice(PROBLEM.length) : null;
  return new Refused(`${title}${details.join("")}`, name);
}

const PROBLEM = "urn:cadenza:problem:";

interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  errors?: unknown[];
}

function answerIn(text: string, server: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(
      `${server} answers with something that is no JSON; is it a Cadenza server?`,
    );
  }
}

function parse(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}

function describe(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { path, message } = error as { path?: string; message?: string };
  return [path, message ?? JSON.stringify(error)].filter((part) => part).join(": ");
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join(", ");
  return cause instanceof Error ? cause.message : String(cause);
}
