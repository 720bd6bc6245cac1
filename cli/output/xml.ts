/** One XML element with text. Both may be anyone's: what XML cannot hold is replaced. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  text: string,
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${attribute(key, value)}`);
  return `<${name}${written.join("")}>${escape(text)}</${name}>`;
}

/** `name="value"`. */
export function attribute(name: string, value: string): string {
  return `${name}="${escape(value).replaceAll("\n", "&#10;")}"`;
}

/** XML 1.0 has no way to write most control characters, nor half of a surrogate pair. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
