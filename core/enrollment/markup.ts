import { escapeHtml } from "../template/index.ts";

/** Simple HTML of a plain text: paragraphs, line breaks and clickable links. */
export function htmlOf(text: string): string {
  const html = linked(text).replace(/\n+/g, (breaks) =>
    breaks.length > 1 ? "</p>\n<p>" : "<br>\n",
  );
  return `<p>${html}</p>`;
}

/** Only http and https become links; the text is escaped piece by piece. */
function linked(text: string): string {
  if (!text.includes("://")) return escapeHtml(text);
  const pieces = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])/);
  return pieces
    .map((piece, index) => {
      const escaped = escapeHtml(piece);
      return index % 2 === 1 ? `<a href="${escaped}">${escaped}</a>` : escaped;
    })
    .join("");
}
