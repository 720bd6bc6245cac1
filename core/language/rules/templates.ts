import { entities } from "../../../schemas/index.ts";
import type { Scope, TemplateError, VariableUse } from "../../template/index.ts";
import type { RuleId } from "../catalogue/index.ts";
import { contentOf, textsOf, wordsOf } from "../contents.ts";
import type { Model } from "../model.ts";
import { fieldAt } from "../scope.ts";
import type { ParsedFile, Path } from "../source.ts";
import type { StepOf } from "../steps.ts";

/** Templates and conditions are of the safe dialect, use variables that exist, and cannot come out blank. */
export function templates(model: Model): void {
  const checked = new Set<string>();
  for (const { file, value } of model.sequences) {
    const scope = model.scope(value.target);
    checkCondition(model, file, ["exit", "goal"], value.exit?.goal, scope);
    for (const [index, trigger] of (value.triggers ?? []).entries()) {
      checkCondition(model, file, ["triggers", index, "if"], trigger.if, scope);
    }
  }
  for (const found of model.steps()) checkStep(model, found, checked);
  checkUnused(model);
}

/** What no sequence uses is still of the dialect, and names variables that some target has. */
function checkUnused(model: Model): void {
  const used = new Set<string>();
  for (const { step } of model.steps()) {
    if (typeof step.content === "object" && "message" in step.content) {
      used.add(step.content.message);
    }
  }
  for (const { file, value } of model.messages.values()) {
    if (used.has(value.id)) continue;
    for (const { text, path } of textsOf(wordsOf(value))) {
      for (const error of model.templates.template(text, model.anyScope).errors) {
        tell(model, file, path, text, error, model.anyScope);
      }
    }
  }
}

function checkStep(model: Model, found: StepOf, checked: Set<string>): void {
  const { sequence, step, wait, path } = found;
  const { file, value } = sequence;
  const scope = model.scope(value.target);
  // A step that waits for a date is only ever sent when there is one.
  const certain = wait?.kind === "relative" ? wait.variable : null;
  const check = (at: ParsedFile, where: Path, text: string) => {
    if (at !== file) {
      // A shared text is checked in each kind of place, and told once.
      const key = `${at.path} ${where.join(".")} ${value.target} ${certain}`;
      if (checked.has(key)) return;
      checked.add(key);
    }
    checkTemplate(model, at, where, text, scope, certain);
  };
  checkCondition(model, file, [...path, "if"], step.if, scope);
  const content = contentOf(model, found);
  if (content.kind === "words") {
    for (const { text, path: below } of textsOf(content.words)) {
      check(content.file, [...content.path, ...below], text);
    }
  }
  const uses = [
    ...(content.kind === "template" ? [{ use: content.use, path: content.path }] : []),
    ...(step.outside_window
      ? [{ use: step.outside_window, path: [...path, "outside_window"] }]
      : []),
  ];
  for (const { use, path: below } of uses) {
    for (const [key, text] of parametersOf(use.parameters))
      check(file, [...below, "parameters", key], text);
  }
}

/** Parameters by their position or name. */
export function parametersOf(
  parameters: readonly string[] | Readonly<Record<string, string>> | undefined,
): readonly (readonly [string | number, string])[] {
  if (parameters === undefined) return [];
  return isList(parameters) ? [...parameters.entries()] : Object.entries(parameters);
}

function isList(
  parameters: readonly string[] | Readonly<Record<string, string>>,
): parameters is readonly string[] {
  return Array.isArray(parameters);
}

function checkTemplate(
  model: Model,
  file: ParsedFile,
  path: Path,
  text: string,
  scope: Scope,
  certain: string | null,
): void {
  const { errors, variables } = model.templates.template(text, scope);
  for (const error of errors) tell(model, file, path, text, error, scope);
  for (const use of variables ?? []) {
    if (use.guarded || use.path === certain || !fieldAt(scope, use.path)?.optional) continue;
    tellBlank(model, file, path, use);
  }
}

function tellBlank(model: Model, file: ParsedFile, path: Path, use: VariableUse): void {
  const hint =
    use.path === "workspace.address"
      ? "say it in cadenza.yaml: sender: { address: … }"
      : `write {{ ${use.path} | default("…") }}, or {% if ${use.path} %}…{% endif %} around it`;
  const message = `${use.path} can be blank, and a message with a blank is not sent`;
  model.inside(file, path, use, "blank-variable", message, hint, "warning");
}

function checkCondition(
  model: Model,
  file: ParsedFile,
  path: Path,
  text: string | undefined,
  scope: Scope,
): void {
  if (text === undefined) return;
  for (const error of model.templates.expression(text, scope).errors) {
    const rule = error.rule === "template-syntax" ? "expression" : error.rule;
    tell(model, file, path, text, { ...error, rule }, scope);
  }
}

function tell(
  model: Model,
  file: ParsedFile,
  path: Path,
  text: string,
  error: Omit<TemplateError, "rule"> & { readonly rule: RuleId },
  scope: Scope,
): void {
  const written = text.slice(error.start, error.end);
  if (error.rule === "unknown-variable") {
    if (model.mayDeclare(written)) return;
    const [root = ""] = written.split(".");
    if (Object.hasOwn(entities, root) && !Object.hasOwn(scope, root)) {
      const message = `there is no ${root} here: this sequence's target is another`;
      const hint = `there are: ${Object.keys(scope).join(", ")}`;
      model.inside(file, path, error, "target-variable", message, hint);
      return;
    }
  }
  model.inside(file, path, error, error.rule, error.message, error.hint);
}
