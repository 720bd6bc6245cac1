import { escapeHtml } from "../../../../core/template/escape.ts";
import { visible } from "../../visible.ts";

/** Markup that was built here; everything else is text, and escaped where it enters. */
export interface Markup {
  readonly markup: string;
}

export type Part = Markup | string | number | null | readonly Part[];

/** Builds markup. What is put in is escaped unless it is markup itself; in attributes too, which are always quoted. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: String.raw({ raw: strings }, ...parts.map(render)) };
}

/**
 * Text that is markup already.
 * @param markup from this folder, never from a file under review
 */
export function trusted(markup: string): Markup {
  return { markup };
}

function render(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string") return escapeHtml(visible(part));
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map(render).join("");
}
