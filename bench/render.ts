import nunjucks from "nunjucks";
import type { Facts } from "../core/facts.ts";
import { parseTemplate } from "../core/template/index.ts";
import { formatCurrency, formatDate } from "../core/template/format.ts";
import { report, takeTurns } from "./measure.ts";

/**
 * Renders of our dialect, compiled before, against nunjucks alone, compiled before: the same templates with
 * the same data and the same formats behind `date` and `currency`, and the same texts coming out.
 */
const ROUNDS = 15;
const RENDERS = 10_000;
const LANGUAGE = "en";
const ZONE = "Europe/Lisbon";

const TEMPLATES: Readonly<Record<string, string>> = {
  subject: `Charge {{ charge.number | default("") }} is waiting`,
  notice: `Hi {{ contact.first_name | default("there") }},

charge {{ charge.number | default("") }} of {{ charge.amount | currency(charge.currency) }} is due on
{{ charge.due_on | date }}. {% if charge.payment_url %}Pay it at {{ charge.payment_url }}.{% endif %}`,
  choice: `{% if charge.status == "overdue" and charge.amount > 100 %}Please call us.
{% elif charge.status == "overdue" %}Dear {{ contact.name }}, it is overdue.
{% else %}Dear {{ contact.name | upper }}, thank you for {{ charge.number }}!{% endif %}`,
  list: `You like{% for one in contact.custom.interests %} {{ loop.index }}. {{ one }}{% if not loop.last %},{% endif %}{% endfor %}.
Your {{ workspace.name }}`,
};

const facts: Facts = {
  contact: {
    first_name: "Ana",
    name: "Ana Lima",
    email: "ana@example.com",
    custom: { interests: ["tea", "ships", "maps"] },
  },
  charge: {
    number: "A-1042",
    amount: 42.5,
    currency: "EUR",
    due_on: "2026-04-01",
    status: "overdue",
    payment_url: "https://pay.example.com/1042",
  },
  workspace: { name: "Bench", address: "1 Example Street" },
  enrollment: { id: "e1", started_at: "2026-03-02T10:00:00Z" },
};

const environment = new nunjucks.Environment(null, { autoescape: false });
environment.addFilter("date", (value: unknown) => formatDate(value, "long", LANGUAGE, ZONE));
environment.addFilter("currency", (value: number, code: string) =>
  formatCurrency(value, code, LANGUAGE),
);

const ours = Object.values(TEMPLATES).map(oursOf);
const theirs = Object.values(TEMPLATES).map(theirsOf);
for (const [index, name] of Object.keys(TEMPLATES).entries()) {
  const [a, b] = [ours[index]?.(), theirs[index]?.()];
  if (a !== b) throw new Error(`${name} renders differently:\n${a}\n${b}`);
}
const figures: Record<string, number> = {};
for (const [index, name] of Object.keys(TEMPLATES).entries()) {
  const [cadenza, alone] = await rates([ours[index]!], [theirs[index]!]);
  figures[`${name}, ratio`] = cadenza / alone;
}
const [cadenza, alone] = await rates(ours, theirs);
report({
  "nunjucks, renders/s": alone,
  "cadenza, renders/s": cadenza,
  "cadenza / nunjucks": cadenza / alone,
  ...figures,
});

type Render = () => string;

/** Renders a second of each. */
async function rates(a: readonly Render[], b: readonly Render[]): Promise<[number, number]> {
  const medians = await takeTurns(
    [
      { name: "a", run: () => repeat(a) },
      { name: "b", run: () => repeat(b) },
    ],
    { rounds: ROUNDS, warmUp: 3 },
  );
  const perSecond = (ms = Number.NaN) => (RENDERS / ms) * 1000;
  return [perSecond(medians["a"]), perSecond(medians["b"])];
}

function repeat(renders: readonly Render[]): void {
  for (let n = 0; n < RENDERS; n++) renders[n % renders.length]!();
}

function oursOf(source: string): Render {
  const { template, errors } = parseTemplate(source);
  if (template === null) throw new Error(JSON.stringify(errors));
  const options = { zone: ZONE, language: LANGUAGE, escape: "none" } as const;
  return () => {
    const rendered = template.render(facts, options);
    if (rendered.kind !== "text") throw new Error(`it is ${rendered.kind}`);
    return rendered.text;
  };
}

function theirsOf(source: string): Render {
  const template = nunjucks.compile(source, environment);
  return () => template.render(facts);
}
