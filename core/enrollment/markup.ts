import { escapeHtml, unescapeHtml } from "../template/index.ts";

/** Simple HTML of a plain text: paragraphs, line breaks and clickable links. */
export function htmlOf(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${linked(paragraph).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");
}

/** Only http and https become links; the text is escaped piece by piece. */
function linked(text: string): string {
  const pieces = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])/);
  return pieces
    .map((piece, index) => {
      const escaped = escapeHtml(piece);
      return index % 2 === 1 ? `<a href="${escaped}">${escaped}</a>` : escaped;
    })
    .join("");
}

/** The plain text of HTML that was made from markdown: for SMS, WhatsApp and the text part of mail. */
export function plainOf(html: string): string {
  const text = html
    .replace(/<a href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g, (_, href: string, label: string) =>
      href === label ? label : `${label} (${href})`,
    )
    .replace(/<br\s*\/?>/g, "\n")
    .replace(/<li>/g, "- ")
    .replace(/<\/(p|h[1-6]|ul|ol|blockquote|pre|table)>/g, "\n")
    .replace(/<[^>]+>/g, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return unescapeHtml(text);
}
