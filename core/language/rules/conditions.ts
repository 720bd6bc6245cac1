import type { Scope } from "../../template/index.ts";
import type { Model } from "../model.ts";
import type { ParsedFile, Path } from "../source.ts";

/** A condition that is the same for everybody decides nothing: a step that never goes, a goal never met. */
export function conditions(model: Model): void {
  for (const { file, value } of model.sequences) {
    const scope = model.scope(value.target);
    check(model, file, ["exit", "goal"], value.exit?.goal, scope);
    for (const [index, trigger] of (value.triggers ?? []).entries()) {
      check(model, file, ["triggers", index, "if"], trigger.if, scope);
    }
    for (const [index, step] of value.steps.entries()) {
      check(model, file, ["steps", index, "if"], step.if, scope);
    }
  }
}

function check(
  model: Model,
  file: ParsedFile,
  path: Path,
  text: string | undefined,
  scope: Scope,
): void {
  if (text === undefined) return;
  for (const found of model.templates.expression(text, scope).constants) {
    const { message, hint } = found;
    model.inside(file, path, found, "constant-condition", message, hint, "warning");
  }
}
