import type { Channel } from "../../../../core/language/document.ts";
import { trusted, type Markup } from "./html.ts";

const PATHS = {
  email: '<rect x="2" y="3.5" width="12" height="9" rx="1.5"/><path d="m2.5 5 5.5 4 5.5-4"/>',
  sms: '<path d="M3.5 2.5h9A1.5 1.5 0 0 1 14 4v6a1.5 1.5 0 0 1-1.5 1.5H7L4 14v-2.5h-.5A1.5 1.5 0 0 1 2 10V4a1.5 1.5 0 0 1 1.5-1.5Z"/>',
  whatsapp:
    '<path d="M2.2 13.8 3 11a6 6 0 1 1 2.2 2.1Z"/><path d="M6 5.6c-.5 2 2.3 4.9 4.4 4.5l.3-1.2-1.4-.7-.6.6a3.6 3.6 0 0 1-1.5-1.5l.6-.6-.6-1.4Z"/>',
  minus: '<path d="M4.5 8h7"/>',
  moon: '<path d="M13.5 9.6A5.7 5.7 0 0 1 6.4 2.5a5.7 5.7 0 1 0 7.1 7.1Z"/>',
  branch: '<path d="M4 2.5v11M4 9.5h4.5a3 3 0 0 0 3-3v-1"/><path d="m9.5 7 2-2 2 2"/>',
  spark: '<path d="M8 1.8 9.5 6.5 14.2 8 9.5 9.5 8 14.2 6.5 9.5 1.8 8l4.7-1.5Z"/>',
  warning: '<path d="M8 2.3 14.5 13.5h-13Z"/><path d="M8 6.5v3.2M8 11.6v.1"/>',
  link: '<path d="M6.5 3.5H3.5v9h9v-3M9 3h4v4M13 3 7.5 8.5"/>',
  reply: '<path d="M6 4 2.5 7.5 6 11M2.5 7.5H9a4.5 4.5 0 0 1 4.5 4.5"/>',
  clip: '<path d="m13 7.5-5.2 5.2a3.1 3.1 0 0 1-4.4-4.4l5.6-5.6a2.1 2.1 0 0 1 3 3l-5.4 5.4a1 1 0 0 1-1.5-1.5l4.7-4.7"/>',
} as const;

/** A drawing beside a word that says the same: of no use to those who cannot see it. */
export function icon(name: keyof typeof PATHS): Markup {
  return trusted(`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true">${PATHS[name]}</svg>`);
}

/** A channel's drawing. */
export function channelIcon(channel: Channel): Markup {
  return icon(channel);
}
