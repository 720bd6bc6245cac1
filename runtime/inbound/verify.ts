import { createHmac, timingSafeEqual } from "node:crypto";
import twilio from "twilio";
import { keyIn, macOf } from "../outgoing/sign.ts";

/** Headers as Node gives them: names in lower case. */
export type Headers = { readonly [name: string]: string | string[] | undefined };

/** Whether a text is the secret, without telling by its time how much of it was right. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHmac("sha256", "compare").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}

/**
 * Twilio's `X-Twilio-Signature`: over the address that Twilio called, and the form's fields in order; a
 * JSON body by its hash, which the address carries.
 * @param url the public address, with its query
 */
export function isFromTwilio(token: string, headers: Headers, url: string, body: Buffer): boolean {
  const signature = textOf(headers["x-twilio-signature"]);
  if (signature === "") return false;
  const text = body.toString("utf8");
  if (new URL(url).searchParams.has("bodySHA256")) {
    return twilio.validateRequestWithBody(token, signature, url, text);
  }
  return twilio.validateRequest(token, signature, url, formOf(text));
}

/** A form's fields; one that comes several times is a list. */
export function formOf(text: string): { [name: string]: string | string[] } {
  const fields: { [name: string]: string | string[] } = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const known = fields[name];
    fields[name] = known === undefined ? value : [known, value].flat();
  }
  return fields;
}

/** `X-Hub-Signature-256`, as Meta and GitHub have it: over the bytes as they came. */
export function isHubSigned(secret: string, headers: Headers, body: Buffer): boolean {
  const given = textOf(headers["x-hub-signature-256"]);
  const expected = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  return sameSecret(given, expected);
}

/** A signature is good for this long, so that a recorded request cannot be sent again later. */
const SIGNATURE_GOOD_FOR_MS = 5 * 60_000;

/**
 * A signature by Standard Webhooks, over `id.timestamp.body`; several may be given, and old ones are refused.
 * @param secret `whsec_…`; with any other text no signature is good
 * @param now epoch ms
 */
export function isStandardSigned(
  secret: string,
  headers: Headers,
  body: Buffer,
  now: number,
): boolean {
  const key = keyIn(secret);
  const timestamp = textOf(headers["webhook-timestamp"]);
  const id = textOf(headers["webhook-id"]);
  if (key === null || id === "" || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now - Number(timestamp) * 1000) > SIGNATURE_GOOD_FOR_MS) return false;
  const expected = `v1,${macOf(key, id, timestamp, body)}`;
  const given = textOf(headers["webhook-signature"]).split(" ");
  return given.some((one) => sameSecret(one, expected));
}

/** How a request shows that it knows the inbox's secret. */
type Proof =
  | { readonly kind: "secret"; readonly given: string }
  | { readonly kind: "signature"; readonly at: number; readonly given: string };

/**
 * What a request offers: `X-Cadenza-Signature: t=<unix seconds>,v1=<hex>`, `X-Cadenza-Secret`, or
 * `Authorization` as a bearer or as basic authentication's password. Null: nothing.
 */
export function proofOf(headers: Headers): Proof | null {
  const [, seconds, given] =
    /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(textOf(headers["x-cadenza-signature"])) ?? [];
  if (seconds !== undefined && given !== undefined) {
    return { kind: "signature", at: Number(seconds) * 1000, given };
  }
  const header = textOf(headers["x-cadenza-secret"]);
  if (header !== "") return { kind: "secret", given: header };
  const authorization = textOf(headers["authorization"]);
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return { kind: "secret", given: bearer };
  const basic = /^Basic +([\w+/=-]+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return null;
  const login = Buffer.from(basic, "base64").toString("utf8");
  return { kind: "secret", given: login.slice(login.indexOf(":") + 1) };
}

/**
 * Whether a proof is good. A signature is over `<t>.<body>`, and old ones are refused.
 * @param now epoch ms
 */
export function proves(proof: Proof, secret: string, body: Buffer, now: number): boolean {
  if (proof.kind === "secret") return sameSecret(proof.given, secret);
  if (Math.abs(now - proof.at) > SIGNATURE_GOOD_FOR_MS) return false;
  const hmac = createHmac("sha256", secret)
    .update(`${proof.at / 1000}.`)
    .update(body);
  return sameSecret(proof.given, hmac.digest("hex"));
}

/** A header that comes once at most; empty where it does not. */
export function textOf(header: string | string[] | undefined): string {
  return typeof header === "string" ? header : "";
}
