import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { useApp } from "./harness.ts";

const http = useApp();
const put = (body: string, headers: Record<string, string> = {}) =>
  http.call("PUT", "/v1/contacts/hostile", body, { headers });

describe("a body", () => {
  it.each([
    ["that is no JSON", "{first_name: Ana}", "not valid JSON"],
    ["that is cut off", '{"name":"An', "not valid JSON"],
    ["with a raw control character", '{"name":"a\u0001b"}', "not valid JSON"],
    ["with a NUL", '{"name":"a\\u0000b"}', "NUL"],
    ["with a NUL in a key", '{"custom":{"a\\u0000":1}}', "NUL"],
    ["with a NUL deep down", '{"custom":{"a":["\\u0000"]}}', "NUL"],
    ["with half a surrogate pair", '{"name":"\\ud800"}', "surrogate"],
    ["with the other half", '{"name":"x\\uDC00"}', "surrogate"],
    ["that poisons a prototype", '{"__proto__":{"admin":true}}', "__proto__"],
    ["that poisons a constructor", '{"constructor":{"prototype":{"a":1}}}', "constructor"],
  ])("%s is refused", async (_what, body, detail) => {
    const answer = await put(body);
    expect(answer.status).toBe(400);
    expect(answer.body.type).toBe("urn:cadenza:problem:malformed-request");
    expect(answer.body.detail).toContain(detail);
  });

  it("with an escaped backslash before u0000 is no NUL", async () => {
    const answer = await put('{"name":"C:\\\\u0000"}');
    expect(answer.status).toBeLessThan(300);
    expect(answer.body.name).toBe("C:\\u0000");
  });

  it("keeps whole surrogate pairs", async () => {
    expect((await put('{"name":"\\ud83d\\ude00"}')).body.name).toBe("😀");
  });

  it("that is not UTF-8 is refused", async () => {
    const response = await http.app.inject({
      method: "PUT",
      url: "/v1/contacts/hostile",
      headers: {
        authorization: `Bearer ${http.keys.operator}`,
        "content-type": "application/json",
      },
      payload: Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
    });
    expect(response.statusCode).toBe(400);
    expect(response.json().detail).toContain("UTF-8");
  });

  it("of a wrong content type is refused", async () => {
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/x-ndjson",
      "nonsense",
    ]) {
      const answer = await put("{}", { "content-type": type });
      expect(answer.status, type).toBe(415);
      expect(answer.body.type).toBe("urn:cadenza:problem:unsupported-media-type");
    }
  });

  it("that is compressed is refused", async () => {
    expect((await put("{}", { "content-encoding": "gzip" })).status).toBe(415);
  });

  it("over 1 MiB is refused", async () => {
    const answer = await put(JSON.stringify({ name: "x".repeat(1024 * 1024) }));
    expect(answer.status).toBe(413);
    expect(answer.body.type).toBe("urn:cadenza:problem:body-too-large");
  });

  it("that is missing is asked for", async () => {
    const answer = await http.call("PUT", "/v1/contacts/hostile");
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].message).toContain("content-type application/json");
  });

  it.each(["[]", "null", '"text"', "1", "true"])("that is %s is no object", async (body) => {
    const answer = await put(body);
    expect(answer.status).toBe(400);
    expect(answer.body.type).toBe("urn:cadenza:problem:invalid-request");
  });

  it("nested ten thousand deep is refused, and nothing breaks", async () => {
    const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
    expect((await put(`{"custom":{"a":${deep}}}`)).status).toBe(400);
  });

  it("with a number beyond all bounds is refused", async () => {
    expect((await put('{"custom":{"a":1e999}}')).status).toBe(400);
  });
});

describe("an address", () => {
  it.each([
    ["/v1/contacts/a%00b", 400],
    ["/v1/contacts/%E0%A4%A", 400],
    ["/v1/contacts/%0a", 400],
    [`/v1/contacts/${"x".repeat(201)}`, 400],
    [`/v1/contacts/${"x".repeat(1_001)}`, 414],
    ["/v1/sequences/welcome/versions/1e999", 400],
    ["/v1/sequences?limit=1e999", 400],
    ["/v1/nothing", 404],
    ["/nothing", 404],
    ["/v1/suppressions?address=%00", 400],
  ])("%s", async (url, status) => {
    const answer = await http.call("GET", url);
    expect(answer.status).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.body.status).toBe(status);
  });

  it("asked with another method says which it takes", async () => {
    const answer = await http.call("PATCH", "/v1/contacts/x", {});
    expect(answer.status).toBe(405);
    expect(answer.headers["allow"]).toBe("DELETE, GET, HEAD, PUT");
  });

  it("takes ids with any printable character", async () => {
    const id = "crm:42/ä 😀?#%";
    const url = `/v1/contacts/${encodeURIComponent(id)}`;
    expect((await http.call("PUT", url, { name: "Ana" })).body.id).toBe(id);
    expect((await http.call("GET", url)).body.id).toBe(id);
  });
});

describe("a failure of ours", () => {
  it("is masked, and the log has it", async () => {
    await http.db.schema.alterTable("contacts").renameTo("hidden").execute();
    try {
      const answer = await http.call("GET", "/v1/contacts/x");
      expect(answer.status).toBe(500);
      expect(answer.text).not.toMatch(/relation|contacts"|sql/i);
      const requestId = String(answer.headers["x-request-id"]);
      expect(answer.body.detail).toContain(requestId);
      expect(http.logged.some((line) => line.includes(requestId) && line.includes("42P01"))).toBe(
        true,
      );
    } finally {
      await http.db.schema.alterTable("hidden").renameTo("contacts").execute();
    }
  });
});

describe("a connection", () => {
  it("has limits", async () => {
    await http.app.listen({ port: 0, host: "127.0.0.1" });
    const { server } = http.app;
    expect(server.requestTimeout).toBeGreaterThan(0);
    expect(server.headersTimeout).toBeLessThanOrEqual(15_000);
    expect(server.timeout).toBeGreaterThan(0);

    const { port } = server.address() as AddressInfo;
    const raw = (text: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(text));
        let answer = "";
        socket.on("data", (data) => (answer += String(data)));
        socket.on("close", () => resolve(answer));
        socket.on("error", reject);
      });
    expect(await raw("nonsense\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*application\/problem\+json[\s\S]*malformed-request/,
    );
    const huge = `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`;
    expect(await raw(huge)).toMatch(/^HTTP\/1\.1 431 [\s\S]*headers-too-large/);
  });
});
