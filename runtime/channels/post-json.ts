import { SEND_TIMEOUT_MS } from "./channel.ts";

/** What came of a request: an answer, or why there is none. */
export type Posted =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Null where the body is no JSON. */
      readonly body: unknown;
      /** What `Retry-After` asks for. */
      readonly retryAfterMs: number | null;
    }
  /** No connection was made: nothing was asked for. */
  | { readonly kind: "not_connected"; readonly code: string; readonly message: string }
  /** The request may have been taken. */
  | { readonly kind: "lost"; readonly code: string; readonly message: string };

const LARGEST_ANSWER = 256 * 1024;

/**
 * Posts JSON. Redirects are not followed: they could carry the credentials elsewhere.
 * @param body JSON already, where it is text: signed as it is
 * @param signal gives up what has not been answered
 */
export async function postJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object | string,
  signal: AbortSignal,
): Promise<Posted> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "user-agent": "Cadenza" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
    });
    return {
      kind: "answer",
      status: response.status,
      body: await readBounded(response),
      retryAfterMs: retryAfter(response.headers.get("retry-after")),
    };
  } catch (error) {
    return failureOf(error as FetchError);
  }
}

interface FetchError extends Error {
  readonly cause?: { readonly code?: string; readonly message?: string };
}

/** The connection was never made, or its certificate was refused. */
const NOT_CONNECTED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|ERR_TLS|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO)/;

function failureOf({ name, message, cause }: FetchError): Posted {
  const code = cause?.code ?? name;
  const kind = NOT_CONNECTED.test(code) ? "not_connected" : "lost";
  return { kind, code, message: cause?.message || message };
}

async function readBounded(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    size += part.byteLength;
    if (size > LARGEST_ANSWER) return null;
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8"));
  } catch {
    return null;
  }
}

/** Seconds, at most an hour; a date is not worth a clock here. */
function retryAfter(header: string | null): number | null {
  const seconds = header === null ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds, 3_600) * 1_000 : null;
}
