import type { Attachment } from "../../core/language/document.ts";
import { mediaOf } from "./whatsapp.ts";

/** A file as it goes with a mail. */
export interface MailFile {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/** Fetches files that go with a mail. What cannot be had is left out: its link stands in the text. */
export type Files = (
  attachments: readonly Attachment[],
  signal: AbortSignal,
) => Promise<MailFile[]>;

type Get = (url: string, init: RequestInit) => Promise<Response>;

/** Mail servers refuse much more than that, and it grows by a third on its way. */
const MOST_BYTES = 10 * 1024 * 1024;
const MOST_FILES = 10;
/** Well below a send's own time. */
const PATIENCE_MS = 8_000;

/**
 * Fetches from hosts that the operator names, by https alone and without following redirects: an address may
 * hold contact data, and must not make this server ask its own network for anything.
 * @param hosts `CADENZA_ATTACHMENT_HOSTS`, separated by commas; none: nothing is fetched
 * @param get how a file is asked for
 */
export function filesFrom(hosts: string | undefined, get: Get = fetch): Files {
  const allowed = new Set((hosts ?? "").split(",").map((host) => host.trim().toLowerCase()));
  const isAllowed = ({ url }: Attachment): boolean => {
    const parsed = URL.parse(url);
    return parsed?.protocol === "https:" && parsed.port === "" && allowed.has(parsed.hostname);
  };
  return async (attachments, signal) => {
    const wanted = attachments.filter(isAllowed).slice(0, MOST_FILES);
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const found = await Promise.all(
      wanted.map((file) => fetchFile(file, get, patience).catch(() => null)),
    );
    let size = 0;
    return found.filter((file) => {
      if (file === null || size + file.content.byteLength > MOST_BYTES) return false;
      size += file.content.byteLength;
      return true;
    }) as MailFile[];
  };
}

async function fetchFile(
  file: Attachment,
  get: Get,
  signal: AbortSignal,
): Promise<MailFile | null> {
  const response = await get(file.url, { redirect: "error", signal });
  const parts: Uint8Array[] = [];
  let size = 0;
  if (!response.ok) return null;
  for await (const part of response.body ?? []) {
    parts.push(part);
    size += part.byteLength;
    if (size > MOST_BYTES) return null;
  }
  const type = response.headers.get("content-type")?.split(";", 1)[0]?.trim() ?? "";
  return {
    filename: mediaOf(file).name,
    contentType: /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "application/octet-stream",
    content: Buffer.concat(parts),
  };
}
