import { contentOf } from "../contents.ts";
import type { Model } from "../model.ts";
import { candidatesOf } from "../normalize/whatsapp.ts";
import type { Path } from "../source.ts";
import type { StepOf } from "../steps.ts";
import { parametersOf } from "./templates.ts";

/** An approved template gets the parameters that it was approved with, in number or by name. */
export function parameters(model: Model): void {
  for (const found of model.steps()) {
    const said = contentOf(model, found);
    if (said.kind === "template") check(model, found, said.use, said.path);
    if (found.step.outside_window)
      check(model, found, found.step.outside_window, [...found.path, "outside_window"]);
  }
}

function check(
  model: Model,
  { sequence }: StepOf,
  use: {
    readonly template: string;
    readonly parameters?: readonly string[] | Readonly<Record<string, string>>;
  },
  path: Path,
): void {
  const given = parametersOf(use.parameters).map(([key]) =>
    typeof key === "number" ? String(key + 1) : key,
  );
  for (const candidate of candidatesOf(model, use.template)) {
    const wanted = placeholdersOf(candidate.body, candidate.header);
    const missing = wanted.filter((name) => !given.includes(name));
    const extra = given.filter((name) => !wanted.includes(name));
    if (missing.length + extra.length === 0) continue;
    const message = `"${candidate.id}" (${candidate.language}) takes ${listed(wanted)}; given: ${listed(given)}`;
    const at = use.parameters === undefined ? [...path, "template"] : [...path, "parameters"];
    const text = [candidate.header, candidate.body.trim()].filter(Boolean).join(" / ");
    model.atKey(sequence.file, at, "template-parameters", message, `it reads: ${text}`);
    return;
  }
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const isPositional = names.every((name, index) => name === String(index + 1));
  if (isPositional) return `${names.length} parameter${names.length === 1 ? "" : "s"}`;
  return names.join(", ");
}

/** `{{1}}`, `{{2}}` or `{{name}}`, each once. */
function placeholdersOf(body: string, header = ""): string[] {
  const found = `${header}\n${body}`.matchAll(/\{\{\s*(\w+)\s*\}\}/g);
  const names = [...new Set([...found].map(([, name]) => name ?? ""))];
  return names.every((name) => /^\d+$/.test(name))
    ? names.toSorted((a, b) => Number(a) - Number(b))
    : names;
}
