import { createHmac, timingSafeEqual } from "node:crypto";

/** How long a sign-in lasts. */
export const SESSION_MS = 12 * 60 * 60 * 1_000;

/**
 * A session: who signed in with which key, until when. It holds no secret, and its signature keeps it
 * from being made up; whether the key still counts is asked on each request.
 * @param now epoch ms
 */
export function issueSession(secret: string, keyId: string, now: number): string {
  const claim = Buffer.from(JSON.stringify([keyId, now + SESSION_MS])).toString("base64url");
  return `${claim}.${sign(secret, claim)}`;
}

/** The key's id; null when the token is forged, broken or has run out. @param now epoch ms */
export function readSession(secret: string, token: string, now: number): string | null {
  const [claim = "", signature = ""] = token.split(".");
  const expected = Buffer.from(sign(secret, claim));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [keyId, until] = JSON.parse(Buffer.from(claim, "base64url").toString()) as [string, number];
  return now < until ? keyId : null;
}

function sign(secret: string, claim: string): string {
  return createHmac("sha256", secret).update(`console session\n${claim}`).digest("base64url");
}
