import {
  constantsIn,
  parseExpression,
  parseTemplate,
  type Scope,
  type TemplateError,
  type VariableUse,
} from "../template/index.ts";
import { fieldAt } from "./scope.ts";

/** What a check finds in a template: what would run is not kept, since nothing is rendered here. */
interface CheckedTemplate {
  readonly errors: readonly TemplateError[];
  /** Null where there are errors. */
  readonly variables: readonly VariableUse[] | null;
}

interface CheckedExpression {
  readonly errors: readonly TemplateError[];
  /** Empty where there are errors. */
  readonly constants: ReturnType<typeof constantsIn>;
}

/** Checks each text once per scope: message templates are used by many sequences. */
export class TemplateCache {
  private readonly templates = new Map<Scope, Map<string, CheckedTemplate>>();
  private readonly expressions = new Map<Scope, Map<string, CheckedExpression>>();

  template(source: string, scope: Scope): CheckedTemplate {
    return remembered(this.templates, scope, source, checkTemplate);
  }

  expression(source: string, scope: Scope): CheckedExpression {
    return remembered(this.expressions, scope, source, checkExpression);
  }
}

function checkTemplate(source: string, scope: Scope): CheckedTemplate {
  const { template, errors } = parseTemplate(source, scope);
  return { errors, variables: template === null ? null : template.variables };
}

function checkExpression(source: string, scope: Scope): CheckedExpression {
  const { expression, errors } = parseExpression(source, scope);
  if (expression === null) return { errors, constants: [] };
  return { errors, constants: constantsIn(source, (variable) => fieldAt(scope, variable)) };
}

function remembered<T>(
  cache: Map<Scope, Map<string, T>>,
  scope: Scope,
  source: string,
  check: (source: string, scope: Scope) => T,
): T {
  let own = cache.get(scope);
  if (own === undefined) cache.set(scope, (own = new Map<string, T>()));
  let checked = own.get(source);
  if (checked === undefined) own.set(source, (checked = check(source, scope)));
  return checked;
}
