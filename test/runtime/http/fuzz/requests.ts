import fc from "fast-check";
import type { Role } from "../../../../store/schema.ts";
import type { Operation, Parameter } from "./document.ts";
import { anything, HOSTILE, mutated, valid, type Known } from "./values.ts";

/** A request to one operation. */
export interface Request {
  readonly method: string;
  readonly url: string;
  readonly as: Role | "nobody" | "stranger";
  readonly headers: { readonly [name: string]: string };
  readonly payload: string | Buffer | undefined;
}

/** Addresses that decode to nothing good. An empty part, or one of dots, would be another address. */
const RAW = [
  "%00",
  "%ED%A0%80",
  "%FF",
  "%E0%A4%A",
  "%2e%2e%2fadmin",
  "%0d%0a",
  "a%2Fb",
  "a+b",
  "%25",
];
const inAddress = (text: string) => encodeURIComponent(text.toWellFormed());
const isPart = (text: string) => !/^\.{0,2}$/.test(text);
const hostilePart = fc.oneof(
  fc.constantFrom(...RAW),
  fc
    .constantFrom(...HOSTILE, "x".repeat(1_001))
    .filter(isPart)
    .map(inAddress),
  fc.string({ minLength: 1, maxLength: 20 }).filter(isPart).map(inAddress),
);
const TYPES = [
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/x-ndjson",
  "application/merge-patch+json",
  "multipart/form-data; boundary=x",
  "application/json, text/html",
  "nonsense",
];

/** Requests that an operation may be sent: good ones, nearly good ones, and hostile ones, by anybody. */
export function requestsTo(operation: Operation, known: Known): fc.Arbitrary<Request> {
  return fc
    .record({
      url: addressOf(operation, known),
      as: fc.oneof(
        { arbitrary: fc.constant<Request["as"]>("operator"), weight: 6 },
        fc.constantFrom<Request["as"]>("viewer", "enroller", "approver", "nobody", "stranger"),
      ),
      headers: headersOf(operation),
      body: bodyOf(operation, known),
    })
    .map(({ url, as, headers, body }) => ({
      method: operation.method,
      url,
      as,
      headers: {
        ...(body.payload === undefined ? {} : { "content-type": body.type }),
        ...headers,
      },
      payload: body.payload,
    }));
}

function addressOf({ path, parameters }: Operation, known: Known): fc.Arbitrary<string> {
  const inPath = parameters.filter((one) => one.in === "path");
  const parts = fc.record(
    Object.fromEntries(
      inPath.map((one) => [
        one.name,
        fc.oneof({ arbitrary: goodPart(one, path, known), weight: 4 }, hostilePart),
      ]),
    ),
  );
  return fc.tuple(parts, queryOf(parameters, known)).map(([given, query]) => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => String(given[name]));
    return query === "" ? filled : `${filled}?${query}`;
  });
}

function goodPart({ name, schema }: Parameter, path: string, known: Known): fc.Arbitrary<string> {
  const collection = path.split("/")[2] ?? "";
  const ids = { ...known, id: known[collection] ?? [] };
  return valid(schema, ids, name)
    .map((value) => inAddress(String(value)))
    .filter(isPart);
}

function queryOf(parameters: readonly Parameter[], known: Known): fc.Arbitrary<string> {
  const asked = parameters.filter((one) => one.in === "query");
  const strange = fc.tuple(
    fc.constantFrom(
      "limit",
      "cursor",
      "__proto__",
      "constructor",
      "x",
      ...asked.map((one) => one.name),
    ),
    hostilePart,
  );
  const good = asked.map((one) =>
    valid(one.schema, known, one.name).map(
      (value) => [one.name, inAddress(String(value))] as const,
    ),
  );
  const pairs =
    good.length === 0 ? fc.constant([]) : fc.subarray(good).chain((some) => fc.tuple(...some));
  return fc
    .tuple(
      pairs,
      fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, fc.array(strange, { maxLength: 2 })),
    )
    .map((both) =>
      both
        .flat()
        .map(([name, value]) => `${name}=${value}`)
        .join("&"),
    );
}

function headersOf({ parameters }: Operation): fc.Arbitrary<{ [name: string]: string }> {
  const own = parameters.filter((one) => one.in === "header").map((one) => one.name);
  const value = fc.oneof(
    fc.string({ minLength: 1, maxLength: 300 }).map((text) => text.replace(/[^\x20-\x7e]/g, "x")),
    fc.constantFrom("", "same", "x".repeat(300)),
  );
  const odd = {
    accept: fc.constantFrom("text/html", "*/*", "nonsense"),
    "content-encoding": fc.constantFrom("identity", "gzip"),
    origin: fc.constant("https://evil.example"),
    ...Object.fromEntries(own.map((name) => [name, value])),
  };
  const some = fc.record(odd, { requiredKeys: [] });
  return fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, some) as fc.Arbitrary<{
    [name: string]: string;
  }>;
}

interface Body {
  readonly type: string;
  readonly payload: string | Buffer | undefined;
}

function bodyOf({ body, method }: Operation, known: Known): fc.Arbitrary<Body> {
  const none = fc.constant<Body>({ type: "", payload: undefined });
  const raw = fc.record({
    type: fc.constantFrom(...TYPES),
    payload: fc.oneof<fc.Arbitrary<string | Buffer>[]>(
      fc.constantFrom(
        "{",
        '{"a":1e999}',
        '{"a":"\\ud800"}',
        '{"a":"\\u0000"}',
        '{"__proto__":1}',
        "null",
        "",
      ),
      fc.constant(`{"custom":${"[".repeat(20_000)}${"]".repeat(20_000)}}`),
      fc.constant("x".repeat(1_100_000)),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      anything.map((value) => JSON.stringify(value)),
    ),
  });
  if (body === null) return method === "GET" ? none : fc.oneof({ arbitrary: none, weight: 4 }, raw);
  const [[type, { schema }] = ["application/json", { schema: {} }]] = Object.entries(body);
  const good = valid(schema, known);
  const write = (value: unknown): Body => ({
    type,
    payload: typeof value === "string" ? value : JSON.stringify(value),
  });
  return fc.oneof(
    { arbitrary: good.map(write), weight: 8 },
    { arbitrary: mutated(good).map(write), weight: 6 },
    { arbitrary: anything.map(write), weight: 1 },
    { arbitrary: raw, weight: 2 },
    { arbitrary: none, weight: 1 },
  );
}
