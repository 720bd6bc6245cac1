import { htmlOf } from "../core/enrollment/index.ts";

/** The HTML of a message as stored: what says no more than its text is made from that. */
export function storedHtml(message: {
  readonly html: string | null;
  readonly simple_html: boolean;
  readonly body: string | null;
}): string | null {
  return message.simple_html && message.body !== null ? htmlOf(message.body) : message.html;
}
