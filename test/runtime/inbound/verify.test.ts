import { createHmac } from "node:crypto";
import twilio from "twilio";
import { describe, expect, test } from "vitest";
import {
  formOf,
  isFromTwilio,
  isHubSigned,
  proofOf,
  proves,
} from "../../../runtime/inbound/verify.ts";

const NOW = Date.parse("2026-03-02T10:00:00Z");
const sha256 = (secret: string, text: string) =>
  createHmac("sha256", secret).update(text).digest("hex");

describe("Twilio's signature", () => {
  const url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const body =
    "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&Caller=%2B14158675309&To=%2B18005551212";
  const check = (signature: string, at = url, form = body) =>
    isFromTwilio("12345", { "x-twilio-signature": signature }, at, Buffer.from(form));

  test("of Twilio's own example is good", () => {
    expect(check("RSOYDt4T1cUTdK1PDd93/VVr8B8=")).toBe(true);
  });

  test.each([
    ["another token's", "eX5fnJtBWkPNvFzKiLrXMVM2mbU=", url, body],
    ["a field was changed", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, body.replace("1234&", "1235&")],
    ["a field was added", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, `${body}&Extra=1`],
    [
      "the address is another one",
      "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
      url.replace("bar=2", "bar=3"),
      body,
    ],
    ["it is missing", "", url, body],
  ])("is refused where %s", (_, signature, at, form) => {
    expect(check(signature, at, form)).toBe(false);
  });

  test("of a JSON body is over its hash, byte for byte", () => {
    const json = '{"a":  1}';
    const digest = twilio.getExpectedBodyHash(json);
    const at = `https://cadenza.example.com/webhooks/twilio/text?bodySHA256=${digest}`;
    const signature = twilio.getExpectedTwilioSignature("12345", at, {});
    expect(check(signature, at, json)).toBe(true);
    expect(check(signature, at, JSON.stringify(JSON.parse(json)))).toBe(false);
  });
});

test("a form's repeated fields are a list, and odd names are only names", () => {
  expect({ ...formOf("a=1&a=2&__proto__=x&b=%2B1") }).toEqual({
    a: ["1", "2"],
    b: "+1",
    ["__proto__"]: "x",
  });
});

describe("the signature of Meta and GitHub", () => {
  const secret = "It's a Secret to Everybody";
  const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  const check = (given: string | undefined, body: string) =>
    isHubSigned(secret, { "x-hub-signature-256": given }, Buffer.from(body));

  test("of the known vector is good", () => {
    expect(check(signature, "Hello, World!")).toBe(true);
  });

  test.each([
    ["the body was changed", signature, "Hello, World?"],
    ["a character was added", signature, "Hello, World! "],
    ["it is missing", undefined, "Hello, World!"],
    ["it is cut off", signature.slice(0, -1), "Hello, World!"],
    ["it names another algorithm", signature.replace("sha256", "sha1"), "Hello, World!"],
  ])("is refused where %s", (_, given, body) => {
    expect(check(given, body)).toBe(false);
  });
});

describe("a shared secret", () => {
  const body = Buffer.from("From: ana@example.com\r\n\r\nHi");
  const seconds = NOW / 1000;
  const signed = (at: number, text = body.toString(), secret = "secret") =>
    `t=${at},v1=${sha256(secret, `${at}.${text}`)}`;
  const check = (headers: Record<string, string>, now = NOW) => {
    const proof = proofOf(headers);
    return proof !== null && proves(proof, "secret", body, now);
  };
  const basic = (login: string) => `Basic ${Buffer.from(login).toString("base64")}`;

  test.each<[string, Record<string, string>]>([
    ["a header", { "x-cadenza-secret": "secret" }],
    ["a bearer token", { authorization: "Bearer secret" }],
    ["a password", { authorization: basic("mail:secret") }],
    ["a signature", { "x-cadenza-signature": signed(seconds) }],
    ["a signature of a minute ago", { "x-cadenza-signature": signed(seconds - 60) }],
  ])("is good as %s", (_, headers) => {
    expect(check(headers)).toBe(true);
  });

  test.each<[string, Record<string, string>]>([
    ["nothing", {}],
    ["another header", { "x-cadenza-secret": "secrets" }],
    ["another password", { authorization: basic("secret:other") }],
    ["a signature of another body", { "x-cadenza-signature": signed(seconds, "Hi") }],
    [
      "a signature by another secret",
      { "x-cadenza-signature": signed(seconds, undefined, "other") },
    ],
    ["a recorded signature", { "x-cadenza-signature": signed(seconds - 301) }],
    ["a signature of the future", { "x-cadenza-signature": signed(seconds + 301) }],
    [
      "a signature whose time was moved",
      {
        "x-cadenza-signature": signed(seconds - 600).replace(/^t=\d+/, `t=${seconds}`),
      },
    ],
  ])("is refused as %s", (_, headers) => {
    expect(check(headers)).toBe(false);
  });
});
