import { isHubSigned, isStandardSigned, sameSecret, textOf, type Headers } from "./verify.ts";

/** How a git host shows that it knows the secret: GitHub's signature, a standard one, or GitLab's token. */
type GitProof = "hub" | "standard" | "token";

/** What a request offers; a signature counts before a token. Null: nothing. */
export function gitProofOf(headers: Headers): GitProof | null {
  if (headers["x-hub-signature-256"] !== undefined) return "hub";
  if (headers["webhook-signature"] !== undefined) return "standard";
  return headers["x-gitlab-token"] === undefined ? null : "token";
}

/**
 * Whether a proof is good.
 * @param now epoch ms
 */
export function provesGit(
  proof: GitProof,
  secret: string,
  headers: Headers,
  body: Buffer,
  now: number,
): boolean {
  if (proof === "hub") return isHubSigned(secret, headers, body);
  if (proof === "standard") return isStandardSigned(secret, headers, body, now);
  return sameSecret(textOf(headers["x-gitlab-token"]), secret);
}

const MOST_KEY = 200;

/** What a delivery is known again by; null where its host gave it nothing. */
export function gitDeliveryOf(proof: GitProof, headers: Headers): string | null {
  const id = proof === "hub" ? headers["x-github-delivery"] : headers["webhook-id"];
  return proof === "token" || !id ? null : `${proof}:${textOf(id)}`.slice(0, MOST_KEY);
}

/**
 * Whether a push may concern the source.
 * @param body what a host says happened; nothing but its `ref` is looked at
 * @param branch the source's; null, or HEAD, while nobody knows its name: any may be it
 */
export function isPushTo(body: unknown, branch: string | null): boolean {
  const ref = typeof body === "object" && body !== null && "ref" in body ? body.ref : null;
  if (typeof ref !== "string" || !ref.startsWith("refs/heads/")) return false;
  return branch === null || branch === "HEAD" || ref === `refs/heads/${branch}`;
}
