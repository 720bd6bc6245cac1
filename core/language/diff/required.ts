import { parseTemplate } from "../../template/index.ts";
import type { AttributeDeclaration, CanonicalStep } from "../document.ts";
import { scopeFor, fieldAt } from "../scope.ts";
import { contentFields, templateFields } from "./content-fields.ts";
import type { CompiledVersion } from "../compile.ts";

/** Variables that can be blank, and hold a message back when they are; each with the first such step. */
export function requiredBy(
  { document }: CompiledVersion,
  attributes: readonly AttributeDeclaration[],
): ReadonlyMap<string, CanonicalStep> {
  const scope = scopeFor(document.target, attributes);
  const required = new Map<string, CanonicalStep>();
  for (const step of document.steps) {
    for (const variable of neededBy(step)) {
      if (!required.has(variable) && fieldAt(scope, variable)?.optional === true) {
        required.set(variable, step);
      }
    }
  }
  return required;
}

function neededBy(step: CanonicalStep): ReadonlySet<string> {
  const { outside_window: window } = step;
  const fields = [
    ...contentFields(step.content),
    ...(window === undefined ? [] : templateFields(window, "outside_window")),
  ];
  const texts = fields.filter(([field]) => !field.includes(".approved.")).map(([, text]) => text);
  const uses = texts.flatMap((text) => parseTemplate(text).template?.variables ?? []);
  const needed = new Set(uses.filter(({ guarded }) => !guarded).map(({ path }) => path));
  if (step.wait.kind === "relative") needed.add(step.wait.variable);
  return needed;
}
