import { render } from "./views.ts";

/**
 * The page of an address that is none, for a browser.
 * @param now epoch ms
 */
export function notFoundPage(path: string, now: number): string {
  const frame = { now, zone: "UTC" };
  return render("not-found.njk", { frame, path: path.slice(0, LONGEST) });
}

const LONGEST = 200;
