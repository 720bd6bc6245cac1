import { createHmac, timingSafeEqual } from "node:crypto";

/** Links by which people opt out of what an enrollment sends them. */
export interface UnsubscribeLinks {
  /** The page of one enrollment: the person's own, and theirs to pass on to nobody. */
  urlOf(enrollmentId: string): string;
  /** The enrollment that a token was made for; null when it was not made here. */
  enrollmentOf(token: string): string | null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Signed links: they hold no address, cannot be made up, and need no table.
 * @param publicUrl where people reach this server, without a trailing slash
 * @param secret the server's secret
 */
export function createUnsubscribeLinks(publicUrl: string, secret: string): UnsubscribeLinks {
  const sign = (id: string) =>
    createHmac("sha256", secret).update(`unsubscribe ${id}`).digest("base64url").slice(0, 22);
  return {
    urlOf: (id) => `${publicUrl}/u/${id}.${sign(id)}`,
    enrollmentOf(token) {
      const [id = "", ...rest] = token.split(".");
      const signature = rest.join(".");
      if (!UUID.test(id)) return null;
      const [given, expected] = [Buffer.from(signature), Buffer.from(sign(id))];
      return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
    },
  };
}
