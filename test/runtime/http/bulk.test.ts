import { Readable } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { textDocument } from "../../support/rows.ts";
import type { HttpPorts } from "../../../runtime/http/ports.ts";
import { useApp } from "./harness.ts";

const failing = new Set<string>();
const batches: number[] = [];
const http = useApp((harness) => ({ ports: spy(harness.ports) }));

/** The real engine, which fails on chosen contacts as a bug would, and counts what comes at once. */
function spy(ports: HttpPorts): HttpPorts {
  return {
    ...ports,
    enroll(requests) {
      batches.push(requests.length);
      if (requests.some((request) => failing.has(request.target.id))) throw new Error("a bug");
      return ports.enroll(requests);
    },
  };
}

beforeAll(async () => {
  await http.publish(textDocument("welcome"));
});

const row = (id: string, extra: object = {}) =>
  JSON.stringify({
    sequence: "welcome",
    target: { type: "contact", id },
    contact: { first_name: id },
    ...extra,
  });

async function bulk(payload: string | Buffer | Readable, type = "application/x-ndjson") {
  const response = await http.app.inject({
    method: "POST",
    url: "/v1/enrollments/bulk",
    headers: { authorization: `Bearer ${http.keys.enroller}`, "content-type": type },
    payload,
  });
  const lines = response.body.split("\n").filter((line) => line !== "");
  return {
    status: response.statusCode,
    headers: response.headers,
    body: response.body,
    lines: lines.map((line) => JSON.parse(line)),
  };
}

describe("POST /v1/enrollments/bulk", () => {
  it("answers one line a row, in order, whatever becomes of each", async () => {
    const { status, headers, lines } = await bulk(
      [
        row("b1"),
        "{nonsense",
        "",
        row("b2", { sequence: "welcom" }),
        row("b3", { colour: "red" }),
        row("b1"),
        '{"sequence":"welcome","target":{"type":"contact","id":"\\u0000"}}',
        row("b4", { contact: { email: "no address" } }),
        row("b5"),
      ].join("\r\n"),
    );
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/x-ndjson");
    expect(lines.map((line) => [line.line, line.status])).toEqual([
      [1, 201],
      [2, 400],
      [4, 404],
      [5, 400],
      [6, 200],
      [7, 400],
      [8, 400],
      [9, 201],
    ]);
    expect(lines[0]).toMatchObject({
      sequence: "welcome",
      version: 1,
      state: "active",
      next_step: "a",
    });
    expect(lines[4].id).toBe(lines[0].id);
    expect(lines[2].error).toMatchObject({
      type: "urn:cadenza:problem:unknown-sequence",
      status: 404,
      detail: expect.stringContaining("welcome?"),
    });
    expect(lines[3].error.errors).toEqual([
      { in: "body", path: "/colour", message: "there is no such field" },
    ]);
  });

  it("merges rows about one contact in their order", async () => {
    await bulk(
      [
        row("merged", { contact: { first_name: "One", company: "A" } }),
        row("merged", { contact: { first_name: "Two" } }),
      ].join("\n"),
    );
    expect((await http.call("GET", "/v1/contacts/merged")).body).toMatchObject({
      first_name: "Two",
      company: "A",
    });
  });

  it("takes rows cut at any byte", async () => {
    const bytes = Buffer.from(`${row("cut-ä😀")}\n${row("cut-2")}\n`);
    const { lines } = await bulk(Readable.from([...bytes].map((byte) => Buffer.of(byte))));
    expect(lines.map((line) => line.status)).toEqual([201, 201]);
  });

  it("passes over a line that is too long, and one that is not UTF-8", async () => {
    const long = row("long", { contact: { custom: { text: "x".repeat(70_000) } } });
    const broken = Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xff), Buffer.from('"}\n')]);
    const { lines } = await bulk(
      Buffer.concat([Buffer.from(`${long}\n`), broken, Buffer.from(row("after"))]),
    );
    expect(lines.map((line) => line.status)).toEqual([400, 400, 201]);
    expect(lines[0].error.detail).toContain("64 KiB");
    expect(lines[1].error.detail).toContain("UTF-8");
  });

  it("takes many in few transactions, of 500 at most", async () => {
    batches.length = 0;
    const rows = Array.from({ length: 2_000 }, (_, n) => row(`many-${n}`));
    const { lines } = await bulk(Readable.from(chunked(rows.join("\n"), 200_000)));
    expect(lines).toHaveLength(2_000);
    expect(lines.every((line, index) => line.line === index + 1 && line.status === 201)).toBe(true);
    expect(Math.max(...batches)).toBeLessThanOrEqual(500);
    expect(batches.length).toBeLessThan(10);
  });

  it("fails only the row at fault", async () => {
    failing.add("poison");
    const { lines } = await bulk([row("p1"), row("poison"), row("p2")].join("\n"));
    expect(lines.map((line) => line.status)).toEqual([201, 500, 201]);
    expect(lines[1].error.detail).not.toContain("a bug");
    expect(http.logged.some((line) => line.includes("a bug"))).toBe(true);
  });

  it("answers nothing to nothing", async () => {
    for (const body of ["\n", "\r\n\n  \n"]) {
      const { status, body: answer } = await bulk(body);
      expect([status, answer]).toEqual([200, ""]);
    }
  });

  it("takes NDJSON only", async () => {
    for (const type of ["application/json", "text/csv"]) {
      const { status, lines } = await bulk(row("typed"), type);
      expect(status).toBe(415);
      expect(lines[0].type).toBe("urn:cadenza:problem:unsupported-media-type");
    }
  });
});

function* chunked(text: string, size: number): Generator<Buffer> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}
