import { describe, expect, it } from "vitest";
import { issueSession, readSession, SESSION_MS } from "../../../runtime/console/session.ts";
import { excerpt, fromNow, onClock } from "../../../runtime/console/format.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");

describe("a session", () => {
  const token = issueSession("secret", "key-1", NOW);

  it("names its key until it runs out", () => {
    expect(readSession("secret", token, NOW)).toBe("key-1");
    expect(readSession("secret", token, NOW + SESSION_MS - 1)).toBe("key-1");
    expect(readSession("secret", token, NOW + SESSION_MS)).toBeNull();
  });

  it("cannot be made up", () => {
    const forged = Buffer.from(JSON.stringify(["key-2", NOW + SESSION_MS])).toString("base64url");
    const [, signature] = token.split(".");
    for (const wrong of [
      "",
      ".",
      "x",
      `${forged}.${signature}`,
      `${token}x`,
      token.slice(0, -1),
      forged,
    ]) {
      expect(readSession("secret", wrong, NOW), wrong).toBeNull();
    }
    expect(readSession("another secret", token, NOW)).toBeNull();
  });
});

describe("words", () => {
  it.each([
    [0, "just now"],
    [-20_000, "just now"],
    [20_000, "in a moment"],
    [-60_000, "1 minute ago"],
    [59 * 60_000 + 40_000, "in 1 hour"],
    [3 * 3_600_000 + 5, "in 3 hours"],
    [24 * 3_600_000 - 1, "in 1 day"],
    [-26 * 3_600_000, "1 day ago"],
    [3 * 86_400_000 - 1, "in 3 days"],
    [3 * 86_400_000, "in 3 days"],
  ])("%i ms from now is %s", (distance, words) => {
    expect(fromNow(new Date(NOW + distance), NOW)).toBe(words);
  });

  it("shows a zone's own clock", () => {
    expect(onClock(new Date(NOW), "America/Sao_Paulo")).toBe("Mon, 2 Mar 2026, 07:00");
  });

  it.each([
    ["short", "short"],
    ["  two\n\nlines ", "two lines"],
    ["a sentence that is too long", "a sentence that is…"],
    ["So it ends here. Continued", "So it ends here. …"],
    ["x".repeat(30), `${"x".repeat(20)}…`],
  ])("cuts %j", (text, cut) => {
    expect(excerpt(text, 20)).toBe(cut);
  });
});
