import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { findChromium, launchChromium } from "../test/support/browser.ts";
import { cadenza } from "../test/support/cli.ts";

/**
 * Pictures of the preview report and of the console's pages, wide and on a phone, light and dark.
 * `npm run screenshots -- [folder] [workspace]`
 */
const HOME = resolve(import.meta.dirname, "..");
const [folder = join(HOME, "screenshots"), workspace] = process.argv.slice(2);
const ROOTS = workspace === undefined ? ["cadences", "test/support/showcase"] : [workspace];
const START = "2026-03-27T22:10";

if (findChromium() === null) {
  console.error("no Chromium here: install one, or name it in CHROMIUM");
  process.exit(1);
}
await mkdir(folder, { recursive: true });
const browser = await launchChromium();
for (const root of ROOTS) {
  const name = root.replace(/\W+/g, "-");
  const argv = ["preview", "--root", resolve(HOME, root), "--start", START, "--output", "html"];
  const { code, out, err } = await cadenza(argv);
  if (code !== 0) throw new Error(err);
  const report = join(folder, `${name}.html`);
  await writeFile(report, out);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      await page.goto(pathToFileURL(report).href);
      // What lies outside of the window is not drawn: mails in their frames least of all.
      const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
      await page.setViewportSize({ width, height });
      const path = join(folder, `${name}-${width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true });
      await page.close();
      console.log(path);
    }
  }
}
await browser.close();

// The console's own test opens each of its pages on a furnished database, and keeps the pictures.
const vitest = [join(HOME, "node_modules/vitest/vitest.mjs"), "run", "--project", "e2e"];
const pages = spawnSync(
  process.execPath,
  [...vitest, "test/e2e/console.test.ts", "-t", "every page"],
  {
    cwd: HOME,
    env: { ...process.env, SCREENSHOTS: resolve(folder) },
    stdio: "inherit",
  },
);
process.exitCode = pages.status ?? 1;
