import { Findings } from "./findings.ts";
import { scan } from "./scan.ts";
import { structure, type Part } from "./structure.ts";

/** The text that a template says whatever its variables hold: its own words, of branches the shortest. */
export function certainText(source: string): string {
  if (!/\{[{%#]/.test(source)) return source.trimEnd();
  const findings = new Findings();
  return textOf(structure(scan(source, findings), findings)).trimEnd();
}

function textOf(parts: readonly Part[]): string {
  return parts.map(shortest).join("");
}

function shortest(part: Part): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "if": {
      if (part.otherwise === null) return "";
      const all = [...part.branches.map(({ body }) => textOf(body)), textOf(part.otherwise)];
      return all.reduce((least, text) => (text.length < least.length ? text : least));
    }
    case "for":
    case "output":
      return "";
  }
}
