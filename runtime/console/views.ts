import { fileURLToPath } from "node:url";
import nunjucks from "nunjucks";
import { excerpt, fromNow, onClock } from "./format.ts";

export const VIEWS = fileURLToPath(new URL("./views/", import.meta.url));

/** What every page knows. */
export interface Frame {
  /** Epoch ms. */
  readonly now: number;
  /** The zone that times are shown in. */
  readonly zone: string;
}

const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(VIEWS), {
  autoescape: true,
  throwOnUndefined: true,
  trimBlocks: true,
  lstripBlocks: true,
});
environment.addFilter("excerpt", excerpt);
environment.addFilter("from_now", (instant: Date, frame: Frame) => fromNow(instant, frame.now));
environment.addFilter("on_clock", (instant: Date, frame: Frame) => onClock(instant, frame.zone));
environment.addFilter("cost", (cost: number) =>
  cost.toLocaleString("en", { maximumSignificantDigits: 3 }),
);
environment.addFilter("iso", (instant: Date) => instant.toISOString());

/** Renders a page. Everything in `context` is escaped: nothing of it can become markup. */
export function render(
  view: string,
  context: { readonly frame: Frame; readonly [name: string]: unknown },
): string {
  return environment.render(view, context);
}
