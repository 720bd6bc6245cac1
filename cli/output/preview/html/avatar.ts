import { html, type Markup } from "./html.ts";

/** The first letter of a name in a circle. */
export function avatar(name: string): Markup {
  const letter = /\p{L}/u.exec(name)?.[0]?.toUpperCase() ?? "#";
  return html`<span class="avatar" aria-hidden="true">${letter}</span>`;
}
