import { createHmac } from "node:crypto";

/** Whoever is told of events, and what proves to them that it is us. */
export interface Subscriber {
  readonly url: string;
  readonly key: Uint8Array;
  /** The types of events that are told; null: all. */
  readonly types: ReadonlySet<string> | null;
}

/** A secret as Standard Webhooks writes it: `whsec_` and 24 to 64 bytes in base64. @returns null for any other text */
export function keyIn(secret: string): Uint8Array | null {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (text === undefined) return null;
  const key = Buffer.from(text, "base64");
  return key.byteLength >= 24 && key.byteLength <= 64 ? key : null;
}

/** Source: Standard Webhooks, "Signature scheme": HMAC-SHA256 over `id.timestamp.body`. @returns base64 */
export function macOf(
  key: Uint8Array,
  id: string,
  timestamp: string,
  body: string | Uint8Array,
): string {
  return createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
}

/**
 * The headers that prove a body.
 * @param now epoch ms
 */
export function signed(
  key: Uint8Array,
  id: string,
  body: string,
  now: number,
): { readonly [header: string]: string } {
  const timestamp = String(Math.floor(now / 1_000));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${macOf(key, id, timestamp, body)}`,
  };
}
