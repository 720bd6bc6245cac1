import { beforeAll, describe, expect, it } from "vitest";
import { createUnsubscribeLinks } from "../../../runtime/unsubscribe.ts";
import { textDocument } from "../../support/rows.ts";
import { useApp } from "../http/harness.ts";

const http = useApp();
const links = createUnsubscribeLinks("", "a secret for tests");
let people = 0;

beforeAll(() => http.publish(textDocument("welcome")));

/** Enrolls somebody new. @returns the path of their own link */
async function enroll(): Promise<{ id: string; email: string; link: string }> {
  people += 1;
  const email = `person-${people}@example.com`;
  const contact = { id: `person-${people}`, first_name: "Ana", email };
  const { body } = await http.call("POST", "/v1/enrollments", {
    sequence: "welcome",
    target: { type: "contact", id: contact.id },
    contact,
  });
  return { id: body.id, email, link: links.urlOf(body.id) };
}

const suppressed = async (address: string) => {
  const rows = await http.db.selectFrom("suppressions").selectAll().execute();
  return rows.filter((row) => row.address === address);
};
const stateOf = async (id: string) => (await http.call("GET", `/v1/enrollments/${id}`)).body;

describe("the page behind an unsubscribe link", () => {
  it("asks, and a look alone changes nothing", async () => {
    const { id, email, link } = await enroll();
    const page = await http.app.inject({ url: link });
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
    expect(page.headers["cache-control"]).toBe("no-store");
    expect(page.body).toContain('<form method="post"');
    // Whoever else has the link learns nothing about the person.
    expect(page.body).not.toContain(email);
    expect(await suppressed(email)).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: "active" });
    expect((await http.app.inject({ method: "HEAD", url: link })).statusCode).toBe(200);
    expect(await suppressed(email)).toEqual([]);
  });

  it.each([
    ["its own button", "application/x-www-form-urlencoded", ""],
    [
      "a mail client's one click",
      "application/x-www-form-urlencoded",
      "List-Unsubscribe=One-Click",
    ],
    ["one as a form with parts", "multipart/form-data; boundary=b", "--b--\r\n"],
  ])("opts out at once by %s", async (_, type, payload) => {
    const { id, email, link } = await enroll();
    const headers = { "content-type": type, "sec-fetch-site": "cross-site" };
    const answer = await http.app.inject({ method: "POST", url: link, headers, payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.headers["location"]).toBeUndefined();
    expect(answer.body).not.toContain(email);
    expect(await suppressed(email)).toMatchObject([{ channel: "email", address: email }]);
    expect(await stateOf(id)).toMatchObject({ state: "exited", reason: "opted_out" });
  });

  it("says the same when it is used again", async () => {
    const { email, link } = await enroll();
    const first = await http.app.inject({ method: "POST", url: link });
    const second = await http.app.inject({ method: "POST", url: link });
    expect([second.statusCode, second.body]).toEqual([200, first.body]);
    expect(await suppressed(email)).toHaveLength(1);
  });

  it("concerns nobody else", async () => {
    const [one, other] = [await enroll(), await enroll()];
    await http.app.inject({ method: "POST", url: one.link });
    expect(await suppressed(other.email)).toEqual([]);
    expect(await stateOf(other.id)).toMatchObject({ state: "active" });
  });

  it.each<[string, (link: string, id: string) => string]>([
    ["no signature", (_, id) => `/u/${id}`],
    ["an empty one", (_, id) => `/u/${id}.`],
    ["one that is cut off", (link) => link.slice(0, -1)],
    ["one that goes on", (link) => `${link}.more`],
    ["another server's", (_, id) => createUnsubscribeLinks("", "another secret").urlOf(id)],
    [
      "another enrollment's",
      (link) => link.replace(/[0-9a-f]\./, (end) => (end === "0." ? "1." : "0.")),
    ],
    ["an enrollment that is none", () => links.urlOf("00000000-0000-7000-8000-000000000000")],
    ["nothing like a token", () => "/u/..%2F..%2Fetc%2Fpasswd"],
  ])("refuses a link with %s", async (_, forge) => {
    const { id, email, link } = await enroll();
    for (const method of ["GET", "POST"] as const) {
      const answer = await http.app.inject({ method, url: forge(link, id) });
      expect(answer.statusCode).toBe(404);
      expect(answer.body).not.toContain(email);
    }
    expect(await suppressed(email)).toEqual([]);
    expect(await stateOf(id)).toMatchObject({ state: "active" });
  });
});
