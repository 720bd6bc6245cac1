import { describe, expect, test } from "vitest";
import { daytimeZone } from "../../cli/serve/announce.ts";
import { readConfig } from "../../cli/serve/config.ts";

const cwd = process.cwd();
const SECRET = `whsec_${"A".repeat(32)}`;

describe("settings of serve", () => {
  test("defaults", () => {
    expect(readConfig({}, {}, cwd)).toMatchObject({
      source: { url: cwd, branch: null, path: "cadences" },
      port: 8080,
      host: "127.0.0.1",
      databaseUrl: null,
      delivery: "outbox",
      publicUrl: "http://localhost:8080",
      rates: { requests: 300_000, failures: 60 },
      trustedProxies: [],
    });
    const env = { CADENZA_RATE_LIMIT: "0", CADENZA_TRUSTED_PROXIES: "127.0.0.1, fd00::/8" };
    expect(readConfig({}, env, cwd)).toMatchObject({
      rates: { requests: 0, failures: 60 },
      trustedProxies: ["127.0.0.1", "fd00::/8"],
    });
  });

  test("a flag wins over its variable, and an empty variable is none", () => {
    const env = {
      CADENZA_SOURCE: "https://git.example.com/a.git",
      PORT: "9000",
      CADENZA_BRANCH: "",
    };
    expect(readConfig({}, env, "/")).toMatchObject({
      source: { url: "https://git.example.com/a.git", branch: null },
      port: 9000,
    });
    expect(readConfig({ port: "9001", branch: "live" }, env, "/")).toMatchObject({
      source: { branch: "live" },
      port: 9001,
    });
  });

  test.each([
    [{ CADENZA_DELIVERY: "yes" }, /"live" or "outbox"/],
    [{ CADENZA_PUBLIC_URL: "javascript:alert(1)" }, /http\(s\) address/],
    [{ CADENZA_API_KEY: "two words" }, /cannot stand in an HTTP header/],
    [{ PORT: "70000" }, /0 to 65535/],
    [{ CADENZA_WEBHOOK_URL: "http://example.com", CADENZA_WEBHOOK_SECRET: SECRET }, /https/],
    [{ CADENZA_WEBHOOK_SECRET: SECRET }, /CADENZA_WEBHOOK_URL/],
    [{ CADENZA_WEBHOOK_URL: "https://example.com" }, /CADENZA_WEBHOOK_SECRET.*whsec_/],
    [
      {
        CADENZA_WEBHOOK_URL: "https://example.com",
        CADENZA_WEBHOOK_SECRET: SECRET,
        CADENZA_WEBHOOK_EVENTS: "message.send",
      },
      /no event message.send; did you mean message.sent\?/,
    ],
    [{ CADENZA_RATE_LIMIT: "many" }, /CADENZA_RATE_LIMIT=many.*0 for no limit/],
    [{ CADENZA_AUTH_RATE_LIMIT: "-1" }, /a number a minute/],
    [{ CADENZA_TRUSTED_PROXIES: "10.0.0.7, proxy" }, /proxy is no IP address/],
    [{ CADENZA_TRUSTED_PROXIES: "10.0.0.0/99" }, /10.0.0.0\/99/],
    [{ DATABASE_URL: "localhost" }, /DATABASE_URL.*postgres:\/\//],
    [{ DATABASE_URL: "mysql://a.example/b" }, /DATABASE_URL.*postgres:\/\//],
  ])("%j is refused", (env, message) => {
    expect(() => readConfig({}, env, cwd)).toThrow(message);
  });

  test("outside of a repository the source must be named", () => {
    expect(() => readConfig({}, {}, "/")).toThrow(/--source/);
  });
});

test("at any hour the sample contact lives where it is daytime, for hours to come", () => {
  for (let hour = 0; hour < 24; hour++) {
    const now = Date.UTC(2026, 5, 1, hour, 17);
    const local = new Intl.DateTimeFormat("en-GB", {
      timeZone: daytimeZone(now),
      hour: "2-digit",
      hourCycle: "h23",
    });
    const shown = Number(local.format(now));
    expect(shown).toBeGreaterThanOrEqual(8);
    expect(shown).toBeLessThanOrEqual(13);
  }
});
