import { describe, expect, test } from "vitest";
import { readValue } from "../../../core/library/read-value.ts";
import type { TemplateParameter } from "../../../schemas/index.ts";

const read = (type: TemplateParameter["type"], given: string | number | boolean) =>
  readValue(
    { type, description: "-", ...(type === "choice" ? { options: ["warm", "brief"] } : {}) },
    given,
  );

describe("values of a parameter", () => {
  test.each([
    ["text", ' Joe\'s: #1 "Diner" ', `Joe's: #1 "Diner"`],
    ["text", "Ateliê Aurora 🌿", "Ateliê Aurora 🌿"],
    ["number", 10, "10"],
    ["number", "2.5", "2.5"],
    ["number", "-3", "-3"],
    ["boolean", true, "true"],
    ["boolean", "false", "false"],
    ["date", "2028-02-29", "2028-02-29"],
    ["time", "09:30", "09:30"],
    ["duration", "3  business days", "3 business days"],
    ["duration", "1 hour", "1 hour"],
    ["link", "https://pay.example.com/a?b=1&c=%7B#d", "https://pay.example.com/a?b=1&c=%7B#d"],
    ["choice", "warm", "warm"],
  ] as const)("%s: %j", (type, given, text) => expect(read(type, given)).toEqual({ text }));

  test.each([
    ["text", "", "empty"],
    ["text", "   ", "empty"],
    ["text", 1.1, "no text"],
    ["text", true, "no text"],
    ["text", "a\nb", "more than one line"],
    ["text", "a\u2028b", "more than one line"],
    ["text", "{{ contact.email }}", "brace"],
    ["text", "{%", "brace"],
    ["text", "a } b", "brace"],
    ["text", "a\u0000b", "nobody can see"],
    ["text", "a\u202eb", "nobody can see"],
    ["text", "x".repeat(501), "501 characters"],
    ["number", "ten", "no number"],
    ["number", "1e9", "no number"],
    ["number", "Infinity", "no number"],
    ["number", true, "no number"],
    ["boolean", "yes", "neither true nor false"],
    ["date", "2026-02-30", "no date"],
    ["date", "24.12.2026", "no date"],
    ["time", "9:30", "no time of day"],
    ["time", "24:00", "no time of day"],
    ["duration", "0 days", "no length of time"],
    ["duration", "immediately", "no length of time"],
    ["duration", "2 days before charge.due_on", "no length of time"],
    ["link", "http://example.com", "no https address"],
    ["link", "javascript:alert(1)", "no https address"],
    ["link", "https://user:pass@example.com/", "no https address"],
    ["link", "https://example.com/ x", "no https address"],
    ["link", 'https://example.com/"', "no https address"],
    ["link", "https://example.com/{{ x }}", "no https address"],
    ["link", "https://localhost/", "no https address"],
    ["choice", "worm", "none of its options"],
  ] as const)("%s refuses %j", (type, given, problem) => {
    expect(read(type, given)).toEqual({
      problem: expect.stringContaining(problem),
      hint: expect.any(String),
    });
  });

  test("a mistyped choice is told which one it is near to", () => {
    expect(read("choice", "worm")).toMatchObject({ hint: 'did you mean "warm"?' });
    expect(read("choice", "loud")).toMatchObject({ hint: "there are: warm, brief" });
  });
});
