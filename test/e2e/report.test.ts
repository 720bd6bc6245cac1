import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { htmlReport } from "../../cli/output/preview/html/report.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { cadenza } from "../support/cli.ts";
import { HOSTILE, previewsOf } from "../support/previews.ts";

const START = "2026-03-27T22:10";
/** What a mail could try, if it ever held more than the engine puts into one. */
const attackOn = (server: string) => `
  <script>top.document.title = "pwned"</script>
  <img src="${server}/pixel.png" onerror="top.document.title='pwned'">
  <picture><source srcset="${server}/source.png"></picture>
  <link rel="stylesheet" href="${server}/style.css">
  <style>@import "${server}/import.css"; body { background: url(${server}/bg.png) }</style>
  <meta http-equiv="refresh" content="0;url=${server}/refresh">
  <iframe src="${server}/frame"></iframe><object data="${server}/object"></object>
  <form action="${server}/form"><button id="send">send</button></form>
  <a id="link" href="${server}/link">link</a>
  <a id="top" target="_top" href="${server}/top">top</a>
  </body></html></iframe><script>document.title = "pwned"</script>`;

interface Opened {
  readonly page: Page;
  /** What the page asked for, itself aside. */
  readonly requests: string[];
  readonly complaints: string[];
}

describe.skipIf(findChromium() === null)("the HTML report in Chromium", () => {
  let browser: Browser;
  let folder: string;
  let pages: Page[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), "cadenza-report-"));
  });
  afterAll(async () => {
    for (const page of pages.splice(0)) await page.close();
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(report: string, width: number, dark = false): Promise<Opened> {
    const path = join(folder, `${pages.length}.html`);
    await writeFile(path, report);
    const colorScheme = dark ? "dark" : "light";
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    pages.push(page);
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => void requests.push(request.url()));
    page.on("console", (message) => void complaints.push(message.text()));
    page.on("pageerror", (error) => void complaints.push(error.message));
    const url = pathToFileURL(path).href;
    await page.goto(url);
    return { page, requests, complaints };
  }

  async function showcase(): Promise<string> {
    const argv = ["preview", "--root", "test/support/showcase", "--start", START];
    const { code, out } = await cadenza([...argv, "--output", "html"]);
    expect(code).toBe(0);
    return out;
  }

  async function hostile(): Promise<string> {
    const { cases, workspace } = await previewsOf(HOSTILE, `${START}:00Z`);
    return htmlReport(cases, workspace);
  }

  const widths = (page: Page) =>
    page.evaluate<[number, number]>(
      "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
    );
  const visiblePanels = (page: Page) =>
    page.evaluate<string[]>(
      '[...document.querySelectorAll(".panel")].filter((panel) => panel.checkVisibility()).map(({ id }) => id)',
    );

  test.each([
    ["what ships", 1280, showcase],
    ["what ships", 390, showcase],
    ["hostile", 1280, hostile],
    ["hostile", 390, hostile],
  ] as const)(
    "%s at %d pixels: nothing overflows, complains or is asked for",
    async (_, width, make) => {
      const { page, requests, complaints } = await open(await make(), width, width === 390);
      const [wide, window] = await widths(page);
      expect(wide).toBe(window);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([page.url()]);
      expect(await page.title()).not.toBe("pwned");
      expect(await page.locator("script").count()).toBe(0);
      expect(await page.locator("[onload], [onerror], [onclick]").count()).toBe(0);
    },
  );

  test("a mail cannot leave its frame, run, fetch or lead anywhere", async () => {
    const asked: string[] = [];
    const server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const html = attackOn(`http://127.0.0.1:${port}`);
    const { cases, workspace } = await previewsOf(HOSTILE, `${START}:00Z`);
    const attacked = cases.map((one) => ({
      ...one,
      preview: {
        ...one.preview,
        steps: one.preview.steps.map((step) => (step.html === null ? step : { ...step, html })),
      },
    }));
    const { page } = await open(htmlReport(attacked, workspace), 1280);
    for (const frame of await page.locator(".mail iframe").all()) {
      expect(await frame.getAttribute("sandbox")).toBe("");
      const body = frame.contentFrame();
      for (const id of ["#link", "#top", "#send"]) {
        await body
          .locator(id)
          .click({ force: true, noWaitAfter: true, timeout: 500 })
          .catch(() => null);
      }
    }
    await page.waitForLoadState("networkidle");
    expect(await page.title()).toContain("Cadences of");
    expect(page.url()).toMatch(/^file:/);
    expect(asked).toEqual([]);
    expect(browser.contexts().flatMap((context) => context.pages())).toHaveLength(pages.length);
    server.close();
  });

  test("shows one person at a time, the one that the address names, and on paper all", async () => {
    const { page } = await open(await showcase(), 1280);
    expect(await visiblePanels(page)).toEqual(["consulta_ana", "birthday_ana"]);
    await page.locator('.overview a[href="#consulta_rui"]').click();
    expect(await visiblePanels(page)).toEqual(["consulta_rui", "birthday_ana"]);
    await page.locator('#consulta_rui .people a[href="#consulta_ana"]').click();
    expect(await visiblePanels(page)).toEqual(["consulta_ana", "birthday_ana"]);
    await page.emulateMedia({ media: "print" });
    expect(await visiblePanels(page)).toHaveLength(4);
  });

  test("every mail is as tall as its text: nothing of it is hidden, wide or narrow", async () => {
    for (const width of [1280, 390]) {
      const { page } = await open(await showcase(), width);
      const frames = page.locator("#consulta_ana .mail iframe");
      expect(await frames.count()).toBe(2);
      for (const frame of await frames.all()) {
        const body = frame.contentFrame().locator("body");
        const taken = (await body.boundingBox())?.height ?? Infinity;
        const given = (await frame.boundingBox())?.height ?? 0;
        expect(taken).toBeLessThanOrEqual(given);
        expect(taken).toBeGreaterThan(given / 2);
      }
    }
  });

  test("a theme is chosen without a script, for the frames too", async () => {
    const { page } = await open(await showcase(), 1280);
    const paper = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const light = await paper();
    await page.getByLabel("Dark").check();
    expect(await paper()).not.toBe(light);
    await page.getByLabel("Light").check();
    expect(await paper()).toBe(light);
  });

  test("can be found one's way in: landmarks, headings in order, named frames and links", async () => {
    const { page } = await open(await showcase(), 1280);
    for (const role of ["banner", "main", "contentinfo"] as const) {
      expect(await page.getByRole(role).count(), role).toBe(1);
    }
    expect(await page.getByRole("navigation", { name: "Cadences" }).count()).toBe(1);
    const levels = await page.evaluate<number[]>(
      '[...document.querySelectorAll("h1, main :is(h2, h3, h4)")].map(({ tagName }) => Number(tagName[1]))',
    );
    levels.reduce((before, level) => {
      expect(level - before).toBeLessThanOrEqual(1);
      return level;
    }, 1);
    const unnamed = await page.locator("iframe:not([title]), a:not([href])").count();
    expect(unnamed).toBe(0);
  });
});
