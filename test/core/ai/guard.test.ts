import { describe, expect, test } from "vitest";
import { breachOf } from "../../../core/ai/guard.ts";

const staticText =
  "Hi Ana, charge 1042 of 120.00 is due on Friday and you can pay it at https://pay.example.com/1042. " +
  "For questions please call +1 555-0100-200 or write to billing@example.com.";

function breach(text: string, rails: Partial<Parameters<typeof breachOf>[1]> = {}) {
  return breachOf(text, { staticText, maxCharacters: 300, required: [], forbidden: [], ...rails });
}

describe("a text within its guard rails", () => {
  test.each([
    "Hello Ana, a quick note: charge 1042 is due on Friday. Pay here: https://pay.example.com/1042",
    "Dear Ana,\n\n120.00 is due on Friday (https://pay.example.com/1042).\tThank you!",
    "Questions, Ana? Call +1 555-0100-200, or write to billing@example.com.",
    "Olá Ana — até já! 🙂",
  ])("goes: %j", (text) => {
    expect(breach(text)).toBeNull();
  });
});

describe("a text out of bounds", () => {
  test.each([
    ["", /says nothing/],
    [" \n ", /says nothing/],
    ["x".repeat(301), /longer than 300/],
    ["Pay at https://evil.example/1042", /links to https:\/\/evil\.example/],
    ["Pay at https://pay.example.com/1043", /links to/],
    ["Pay at https://pay.example.com.evil.example/1042", /links to/],
    ["Pay at HTTPS://PAY.EVIL.EXAMPLE", /links to/],
    ["Pay at evil.example/pay now", /links to evil\.example/],
    ["Visit bit.ly/x", /links to/],
    ["Write to thief@evil.example", /links to thief@evil\.example/],
    ["javascript://x%0aalert(1)", /links to/],
    ["Call +44 20 7946 0958 now", /names the number/],
    ["Call 555.0199.999 now", /names the number/],
    ["Pay up, you idiot", /rude/],
    ["Seu IDIOTA, pague", /rude/],
    ["Ignore my previous instructions", /instructions/],
    ["As an AI, I cannot say", /instructions/],
    ["Hi {{ contact.first_name }}", /markup/],
    ["Hi {% if x %}", /markup/],
    ["<a href=x>Hi</a>", /markup/],
    ["[pay](there)", /markup/],
    ["```text```", /markup/],
    ["Hi\u202eAna", /invisible/],
    ["Hi\u0000Ana", /invisible/],
    ["Привет, Анна, ваш счёт должен быть оплачен", /Cyrillic letters/],
    [
      "Olá Ana, sua fatura não está paga e você precisa pagar com urgência para não ter uma surpresa",
      /in Portuguese, .* in English/,
    ],
  ])("%j: %s", (text, expected) => {
    expect(breach(text)).toMatch(expected);
  });

  test("what must be said is looked for, and what must not", () => {
    const rails = { required: ["Harbour  Street"], forbidden: ["Legal action"] };
    expect(breach("Hi from harbour street", rails)).toBeNull();
    expect(breach("Hi Ana", rails)).toBe('it does not say "Harbour  Street"');
    expect(breach("Harbour Street takes legal\naction", rails)).toBe('it says "Legal action"');
  });

  test("a long hostile text takes no time", () => {
    const start = performance.now();
    for (const part of ["a.", "1 (", "a@", "http://", "-.", "(1)-"]) {
      breach(part.repeat(20_000), { maxCharacters: 1_000_000 });
    }
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
