import {
  parseExpression,
  parseTemplate,
  type ParsedExpression,
  type ParsedTemplate,
  type Scope,
} from "../template/index.ts";

/** Parses each text once per scope: message templates are used by many sequences. */
export class TemplateCache {
  private readonly templates = new Map<Scope, Map<string, ParsedTemplate>>();
  private readonly expressions = new Map<Scope, Map<string, ParsedExpression>>();

  template(source: string, scope: Scope): ParsedTemplate {
    return remembered(this.templates, scope, source, parseTemplate);
  }

  expression(source: string, scope: Scope): ParsedExpression {
    return remembered(this.expressions, scope, source, parseExpression);
  }
}

function remembered<T>(
  cache: Map<Scope, Map<string, T>>,
  scope: Scope,
  source: string,
  parse: (source: string, scope: Scope) => T,
): T {
  let own = cache.get(scope);
  if (own === undefined) cache.set(scope, (own = new Map<string, T>()));
  let parsed = own.get(source);
  if (parsed === undefined) own.set(source, (parsed = parse(source, scope)));
  return parsed;
}
