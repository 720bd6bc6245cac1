import type { Attachment } from "../../core/language/document.ts";

/** WhatsApp refuses a template's parameter that breaks its line, or has more than four spaces in a row. */
export function templateParameter(text: string): string {
  return text
    .replace(/\s*[\n\r\t\v\f\u2028\u2029]\s*/g, " ")
    .replace(/ {5,}/g, "    ")
    .trim();
}

const IMAGE = /\.(?:jpe?g|png)$/i;

/** How WhatsApp shows a file, by its address: as a picture, or as a document with a name. */
export function mediaOf({ url, name }: Attachment): {
  readonly type: "image" | "document";
  readonly name: string;
} {
  const path = URL.parse(url)?.pathname ?? "";
  const file = decodeName(path.slice(path.lastIndexOf("/") + 1));
  return { type: IMAGE.test(path) ? "image" : "document", name: name ?? (file || "file") };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
