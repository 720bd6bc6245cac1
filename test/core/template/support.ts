import type { Facts } from "../../../core/facts.ts";
import {
  parseExpression,
  parseTemplate,
  type FieldInfo,
  type RenderOptions,
  type Scope,
  type Template,
} from "../../../core/template/index.ts";

const sure = (type: FieldInfo["type"] = "text"): FieldInfo => ({ type, optional: false });
const maybe = (type: FieldInfo["type"] = "text"): FieldInfo => ({ type, optional: true });

export const scope: Scope = {
  contact: {
    fields: { id: sure(), name: maybe(), first_name: maybe(), email: maybe() },
    custom: {
      plan: maybe(),
      interests: maybe("list"),
      born_on: maybe("date"),
      score: maybe("number"),
    },
  },
  charge: {
    fields: {
      number: sure(),
      amount: sure("number"),
      currency: sure(),
      due_on: sure("date"),
      status: sure(),
      payment_url: maybe("link"),
    },
    custom: {},
  },
  appointment: { fields: { starts_at: sure("datetime") }, custom: {} },
  workspace: { fields: { name: sure(), address: maybe() }, custom: null },
  unsubscribe_url: sure("link"),
};

export const facts: Facts = {
  contact: {
    id: "c1",
    name: "Ana Souza",
    first_name: "Ana",
    email: null,
    custom: {
      plan: "plus",
      interests: ["yoga", "clay"],
      score: 4,
      born_on: "1990-05-17",
      vip: true,
      empty: [],
      blanks: ["a", " "],
      long: "x".repeat(50_000),
    },
  },
  charge: {
    number: "A-1",
    amount: 1234.5,
    currency: "BRL",
    due_on: "2026-03-02",
    status: "paid",
    payment_url: "",
    custom: {},
  },
  deal: { value: 10, currency: "USD", custom: {} },
  appointment: { starts_at: "2026-03-29T00:30:00Z", custom: {} },
  workspace: { name: "Northlight", address: null },
  enrollment: { id: "e1", started_at: "2026-03-01T09:00:00Z" },
  unsubscribe_url: "https://example.com/u/1",
};

export const english: RenderOptions = { zone: "UTC", language: "en-US", escape: "none" };

/** A template that must be good. */
export function template(source: string, within?: Scope): Template {
  const parsed = parseTemplate(source, within);
  if (parsed.template === null) throw new Error(parsed.errors.map((e) => e.message).join("; "));
  return parsed.template;
}

export function render(source: string, options: Partial<RenderOptions> = {}, data = facts) {
  return template(source).render(data, { ...english, ...options });
}

/** The text that a template comes to. */
export function textOf(source: string, options: Partial<RenderOptions> = {}, data = facts): string {
  const rendered = render(source, options, data);
  if (rendered.kind !== "text") throw new Error(`${source}: ${JSON.stringify(rendered)}`);
  return rendered.text;
}

/** What a condition comes to. */
export function valueOf(source: string): unknown {
  const parsed = parseExpression(source);
  if (parsed.expression === null) throw new Error(parsed.errors.map((e) => e.message).join("; "));
  return parsed.expression.evaluate(facts, english);
}

/** Findings as `rule «what is marked»`. */
export function findings(source: string, within: Scope | undefined = scope): string[] {
  return marked(source, parseTemplate(source, within).errors);
}

export function marked(
  source: string,
  errors: readonly { rule: string; start: number; end: number }[],
): string[] {
  return errors.map(({ rule, start, end }) => `${rule} «${source.slice(start, end)}»`);
}
