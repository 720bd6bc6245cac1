import { beforeAll, describe, expect, test } from "vitest";
import { cadenza } from "../../support/cli.ts";
import { useApp } from "./harness.ts";

/** The command line against a server in this process: the draft is local, the person is the server's. */
const http = useApp();
let server: string;

beforeAll(async () => {
  server = await http.app.listen({ port: 0, host: "127.0.0.1" });
  await http.call("PUT", "/v1/contacts/eva", {
    name: "Eva Brandt",
    first_name: "Eva",
    email: "eva@example.com",
    phone: "+12025550177",
    timezone: "Europe/Berlin",
  });
  await http.call("PUT", "/v1/appointments/visit", {
    contact_id: "eva",
    title: "First <b>visit</b>",
    starts_at: "2026-04-10T12:00:00Z",
    status: "scheduled",
  });
  await http.call("PUT", "/v1/contacts/only-a-name", { first_name: "Kim" });
});

const preview = (...args: readonly string[]) =>
  cadenza(
    [
      "preview",
      "--root",
      "test/support/showcase",
      "--start",
      "2026-03-27T22:10",
      "--server",
      server,
      ...args,
    ],
    { env: { CADENZA_API_KEY: http.keys.viewer } },
  );

describe("preview --contact", () => {
  test("renders the files here with what the server knows", async () => {
    const { code, out, err } = await preview("consulta", "--contact", "eva", "--output", "json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [only, ...others] = JSON.parse(out);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      sequence: "consulta",
      persona: "eva",
      start: "2026-03-28T02:10:00+01:00",
    });
    expect(only.steps[1]).toMatchObject({
      step: "lembrete",
      due_at: "2026-04-07T09:30:00+02:00",
      to: "+12025550177",
      template: { parameters: ["Eva", "First <b>visit</b>", "April 10, 2026"] },
    });
  });

  test("knows who opted out, and draws a report of it", async () => {
    const opted = { channel: "sms", address: "+12025550177", purpose: "all" };
    await http.call("POST", "/v1/suppressions", opted);
    const { code, out } = await preview("consulta", "--contact", "eva", "--output", "html");
    expect(code).toBe(0);
    expect(out).toContain("The contact has opted out");
    expect(out).toContain("Eva Brandt");
    expect(out).not.toContain("<b>visit");
  });

  test("tells what the contact has nothing for, and shows the rest", async () => {
    const { code, out, err } = await preview("--contact", "only-a-name");
    expect(code).toBe(0);
    expect(err).toContain("Contact only-a-name has no appointment: no preview of consulta");
    expect(out).toContain("Birthday (birthday) to only-a-name");
  });

  test("a contact that has nothing for the sequence asked for is a finding", async () => {
    const { code, out, err } = await preview("consulta", "--contact", "only-a-name");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("no preview of consulta");
  });

  test.each([
    [["--contact", "nobody"], 1, "There is no contact nobody"],
    [["--contact", "eva", "--persona", "ana"], 2, "not for both"],
    [[], 2, "say which with --contact"],
  ])("refuses %j", async (args, code, words) => {
    const ran = await preview(...args);
    expect({ code: ran.code, out: ran.out }).toEqual({ code, out: "" });
    expect(ran.err).toContain(words);
  });
});
