import { mkdir } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordWritten } from "../../store/drafts.ts";
import { newId } from "../../store/ids.ts";
import { iso } from "../../store/placement.ts";
import { useApp } from "../runtime/http/harness.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { furnish } from "../support/showroom.ts";
import { insertContact, startOne, textDocument, waitingFor } from "../support/rows.ts";

/** With `SCREENSHOTS=<folder>`, every page is also kept there as a picture, wide and narrow. */
const SCREENSHOTS = process.env["SCREENSHOTS"];
const WIDTHS = { desktop: 1280, phone: 390 } as const;
const HOSTILE = '"><script>document.title="run"</script><img src=x onerror=alert(1)>{{7*7}}';

const http = useApp();

/** An enrollment whose step `a` a model has written a draft for. */
async function drafted(contact: string, name: string, body: string): Promise<string> {
  const now = http.clock.now();
  await insertContact(http.db, contact, { name, email: `${contact}@example.com` }, now);
  const schedule = waitingFor("a", now, now);
  const enrollment = await startOne(http.db, { sequence: "drafted", contact, schedule }, now);
  const draft = await http.db
    .insertInto("drafts")
    .values({
      id: newId(now),
      enrollment_id: enrollment!,
      step_id: "a",
      attempt: 1,
      state: "wanted",
      compose: "ai_assisted",
      channel: "email",
      inbox_id: "mail",
      address: `${contact}@example.com`,
      static_subject: "Your charge",
      static_body: "Hi, can we help you with your charge?",
      due_at: iso(now),
      expires_at: iso(now + 86_400_000),
      created_at: iso(now),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const spent = { prompt: null, model: "m", promptTokens: 10, completionTokens: 2, cost: 0 };
  const written = { subject: null, body, problem: null, ...spent };
  await http.db.transaction().execute((trx) => recordWritten(trx, draft, written, now));
  return enrollment!;
}

describe.skipIf(findChromium() === null)("the console in a real browser", () => {
  let browser: Browser;
  let url: string;
  let shown: string;
  let people: ReadonlyMap<string, string>;
  const complaints: string[] = [];

  beforeAll(async () => {
    await http.publish({ ...textDocument("drafted"), name: "Charge reminder" });
    await http.app.listen({ port: 0, host: "127.0.0.1" });
    url = `http://127.0.0.1:${(http.app.server.address() as AddressInfo).port}`;
    await drafted("ana", "Ana Lima", "Dear Ana,\n\ncan we help you?");
    await drafted("bo", HOSTILE, `Dear ${HOSTILE}`);
    shown = await drafted("cy", "Cy Reed", "Dear Cy, may we help?");
    await http.db
      .updateTable("messages")
      .set({ html: `<p style="color:red">Hi</p>${HOSTILE}<script>top.location="/"</script>` })
      .where("enrollment_id", "=", shown)
      .execute();
    people = await furnish(http.db, http.clock.now());
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(width: number, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`${page.url()}: ${String(error)}`));
    await page.goto(url);
    await page.fill("#key", http.keys.operator);
    await page.keyboard.press("Enter");
    await page.waitForSelector("nav");
    return page;
  }

  const pages = () => ({
    overview: "/",
    enrollments: "/enrollments",
    enrollment: `/enrollments/${people.get("c-1006")}`,
    messages: "/messages",
    approvals: "/approvals",
    attention: "/attention",
    sequence: "/sequences/charge-reminder",
    commits: "/reconciliations",
    audit: "/audit",
  });

  test.each(Object.entries(WIDTHS))(
    "every page fits a %s, and nothing of it runs",
    async (device, width) => {
      for (const scheme of ["light", "dark"] as const) {
        const page = await open(width, scheme);
        for (const [name, path] of Object.entries(pages())) {
          const answer = await page.goto(`${url}${path}`);
          expect(answer?.status(), path).toBe(200);
          const [wide, title] = await page.evaluate<[number, string]>(
            "[document.documentElement.scrollWidth, document.title]",
          );
          expect(wide, `${path} at ${width}`).toBeLessThanOrEqual(width);
          expect(title, path).toContain("Cadenza");
          if (SCREENSHOTS === undefined) continue;
          await page.evaluate(
            "for (const one of document.querySelectorAll('details')) one.open = true",
          );
          await mkdir(SCREENSHOTS, { recursive: true });
          const file = join(SCREENSHOTS, `${name}-${device}-${scheme}.png`);
          await page.screenshot({ path: file, fullPage: true });
        }
        await page.close();
      }
      expect(complaints.splice(0)).toEqual([]);
    },
  );

  test("a message's HTML is shown in a frame where nothing runs", async () => {
    const page = await open(WIDTHS.desktop);
    await page.goto(`${url}/enrollments/${shown}`);
    await page.click("details summary");
    const frame = page.frameLocator("iframe");
    await expect.poll(() => frame.locator("p").first().textContent()).toBe("Hi");
    expect(new URL(page.url()).pathname).toBe(`/enrollments/${shown}`);
    // The browser says that it kept the script and the picture from the frame.
    expect(complaints.splice(0).every((one) => /sandbox|Content Security/.test(one))).toBe(true);
    await page.close();
  });

  test("what has failed is tried again where it is listed", async () => {
    const page = await open(WIDTHS.phone);
    await page.goto(`${url}/attention`);
    const failed = page.locator("section", { hasText: "Failed" }).last();
    await Promise.all([page.waitForNavigation(), failed.getByText("Retry").click()]);
    expect(new URL(page.url()).pathname).toBe("/attention");
    const row = http.db.selectFrom("enrollments").select(["state", "step_id", "attempt"]);
    const retried = row.where("id", "=", people.get("c-1004")!);
    expect(await retried.executeTakeFirst()).toEqual({
      state: "active",
      step_id: "notice",
      attempt: 2,
    });
    await page.close();
  });

  test("a draft is edited and approved by the keyboard alone; others are approved and discarded", async () => {
    const page = await open(WIDTHS.desktop);
    await page.goto(`${url}/approvals`);
    await page.keyboard.press("j");
    await page.keyboard.press("e");
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type("\nYours, Harbour Street");
    await page.keyboard.press("Escape");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("a")]);
    const states = () =>
      http.db
        .selectFrom("drafts")
        .select(["state", "edited", "body"])
        .where("step_id", "=", "a")
        .orderBy("id")
        .execute();
    expect((await states())[0]).toEqual({
      state: "ready",
      edited: true,
      body: "Dear Ana,\n\ncan we help you?\nYours, Harbour Street",
    });
    expect(await page.locator("[data-draft]").count()).toBe(2);

    await page.keyboard.press("j");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("d")]);
    await page.keyboard.press("j");
    await Promise.all([page.waitForNavigation(), page.keyboard.press("a")]);
    expect(await states()).toMatchObject([
      { state: "ready", edited: true },
      { state: "discarded" },
      { state: "ready", edited: false, body: "Dear Cy, may we help?" },
    ]);
    expect(await page.textContent("main")).toContain("Nothing waits for approval");
    const history = await http.db
      .selectFrom("history")
      .select("data")
      .where("type", "=", "approved")
      .execute();
    expect(history.map(({ data }) => data["by"])).toEqual(["a operator", "a operator"]);
    await page.close();
  });
});
