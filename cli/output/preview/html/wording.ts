import { html, trusted, type Markup } from "./html.ts";

const ADDRESS = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])/;

/**
 * A message's text with its line breaks. Addresses look like links and lead nowhere: nothing leaves
 * the report.
 */
export function bubbleText(text: string): Markup {
  const parts = text.split(ADDRESS).map((part, index) => {
    return index % 2 === 1 ? html`<span class="address">${part}</span>` : html`${part}`;
  });
  return html`<span dir="auto" class="said">${parts}</span>`;
}

/** WhatsApp's own marks: `*bold*`, `_italic_`, `~struck~` around words. */
export function whatsAppText(text: string): Markup {
  const { markup } = bubbleText(text);
  return trusted(
    MARKS.reduce((said, [mark, tag]) => said.replace(mark, `$1<${tag}>$2</${tag}>`), markup),
  );
}

// On escaped text, whose own tags hold none of these marks.
const MARKS = [
  [/(^|[\s>(])\*(?=\S)([^*\n<>]*?[^\s*<>])\*(?=$|[\s<).,;:!?])/g, "b"],
  [/(^|[\s>(])_(?=\S)([^_\n<>]*?[^\s_<>])_(?=$|[\s<).,;:!?])/g, "i"],
  [/(^|[\s>(])~(?=\S)([^~\n<>]*?[^\s~<>])~(?=$|[\s<).,;:!?])/g, "s"],
] as const;
