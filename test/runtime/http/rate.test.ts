import { describe, expect, it } from "vitest";
import { allowance, ownerOf } from "../../../runtime/http/rate.ts";
import { createApiKey } from "../../../store/api-keys.ts";
import { TestClock, useApp } from "./harness.ts";

const http = useApp(() => ({
  rates: { requests: 60, failures: 3 },
  trustedProxies: ["127.0.0.1"],
}));
const MINUTE = 60_000;

describe("an allowance", () => {
  const clock = new TestClock();
  const use = (one: ReturnType<typeof allowance>, who: string, times: number) => {
    for (let n = 0; n < times; n++) one.take(who);
  };

  it("is so many at once, which come back over a minute", () => {
    const one = allowance(clock, 60);
    use(one, "a", 59);
    expect(one.wait("a")).toBe(0);
    use(one, "a", 1);
    expect(one.wait("a")).toBe(1_000);
    expect(one.wait("b")).toBe(0);
    clock.advance(1_000);
    expect(one.wait("a")).toBe(0);
    use(one, "a", 1);
    expect(one.wait("a")).toBe(1_000);
    clock.advance(MINUTE);
    use(one, "a", 59);
    expect(one.wait("a")).toBe(0);
  });

  it("keeps nobody out longer than a minute, however often they ask, and whatever the clock does", () => {
    const one = allowance(clock, 60);
    use(one, "a", 10_000);
    expect(one.wait("a")).toBe(1_000);
    clock.advance(-3_600_000);
    expect(one.wait("a")).toBeLessThanOrEqual(MINUTE);
    clock.advance(3_600_000);
  });

  it("remembers a bounded number, the latest", () => {
    const one = allowance(clock, 1);
    for (let n = 0; n < 20_000; n++) one.take(`address ${n}`);
    expect(one.wait("address 0")).toBe(0);
    expect(one.wait("address 19999")).toBeGreaterThan(0);
  });

  it("of none is no limit", () => {
    const one = allowance(clock, 0);
    use(one, "a", 100_000);
    expect(one.wait("a")).toBe(0);
  });
});

describe("whose an address is", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "::ffff:192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s: %s", (address, owner) => {
    expect(ownerOf(address)).toBe(owner);
  });
});

describe("a key that is used too often", () => {
  it("is told to wait, and works again then; others go on", async () => {
    const made = await createApiKey(http.db, { name: "wild", role: "viewer" }, http.clock.now());
    const ask = () =>
      http.app.inject({ url: "/v1/halts", headers: { authorization: `Bearer ${made.key}` } });
    for (let n = 0; n < 60; n++) expect((await ask()).statusCode).toBe(200);
    const refused = await ask();
    expect(refused.statusCode).toBe(429);
    expect(refused.headers["content-type"]).toBe("application/problem+json");
    expect(refused.headers["retry-after"]).toBe("1");
    expect(refused.json()).toMatchObject({
      type: "urn:cadenza:problem:too-many-requests",
      status: 429,
      detail: 'The key "wild" is used too often',
    });
    expect((await http.call("GET", "/v1/halts")).status).toBe(200);
    http.clock.advance(1_000);
    expect((await ask()).statusCode).toBe(200);
  });
});

describe("wrong keys", () => {
  const ask = (address: string, key: string) =>
    http.app.inject({
      url: "/v1/halts",
      headers: { authorization: `Bearer ${key}`, "x-forwarded-for": address },
    });
  const guess = async (address: string, times: number) => {
    for (let n = 0; n < times; n++) await ask(address, `guess-${n}`);
  };

  it("are refused without a look after a few from one address", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await ask("192.0.2.1", `guess-${n}`)).statusCode);
    expect(statuses).toEqual([401, 401, 401, 429]);
    const refused = await ask("192.0.2.1", "guess-5");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await ask("192.0.2.2", "guess")).statusCode).toBe(401);
    http.clock.advance(MINUTE);
    expect((await ask("192.0.2.1", "guess")).statusCode).toBe(401);
  });

  it("do not lock out those behind the same address whose key nobody can guess", async () => {
    await guess("192.0.2.3", 4);
    expect((await ask("192.0.2.3", http.keys.viewer)).statusCode).toBe(200);
    const unknown = `cdz_${"x".repeat(43)}`;
    expect((await ask("192.0.2.3", unknown)).statusCode).toBe(429);
  });

  it("cannot be tried at the console either", async () => {
    await guess("192.0.2.4", 3);
    const answer = await http.app.inject({
      method: "POST",
      url: "/sign-in",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-forwarded-for": "192.0.2.4",
      },
      payload: "key=guess",
    });
    expect(answer.statusCode).toBe(429);
  });

  it("come from whom a trusted proxy says, and from nobody that anyone else says", async () => {
    const elsewhere = (forwarded: string) =>
      http.app.inject({
        url: "/v1/halts",
        remoteAddress: "198.51.100.9",
        headers: { authorization: "Bearer guess", "x-forwarded-for": forwarded },
      });
    for (const forwarded of ["a", "192.0.2.50", "192.0.2.51"]) await elsewhere(forwarded);
    expect((await elsewhere("192.0.2.52")).statusCode).toBe(429);
  });

  it("are no matter to a request without any", async () => {
    for (let n = 0; n < 10; n++) {
      expect((await http.app.inject({ url: "/v1/halts" })).statusCode).toBe(401);
    }
  });
});

describe("the description", () => {
  it("tells of it, and of Retry-After", async () => {
    const document = (await http.app.inject("/openapi.json")).json();
    const answer = document.paths["/v1/enrollments"].post.responses["429"];
    expect(answer.description).toContain("too-many-requests");
    expect(Object.keys(answer.headers)).toEqual(["Retry-After"]);
  });
});
