import { DateTime } from "luxon";
import { withArticle } from "../../core/article.ts";
import type { PreviewedStep } from "../../core/preview/index.ts";
import type { TemplateParameter } from "../../schemas/index.ts";
import type { Shown } from "../library/show.ts";
import type { Offered } from "../library/templates.ts";
import { paint } from "./paint.ts";
import { channelWords } from "./preview/words.ts";
import { shellWord } from "./shell.ts";
import { columns, table } from "./table.ts";
import { visible, visibleLine } from "./visible.ts";
import { count } from "./words.ts";
import { wrap } from "./wrap.ts";

/** A template in the list, as data. */
export function summaryOf({ value, source }: Offered) {
  const { id, name, niche, language, description, target, purpose, steps, parameters } = value;
  return {
    id,
    name,
    niche,
    language: language ?? null,
    description: description ?? null,
    purpose: purpose ?? "transactional",
    target,
    steps: steps.map((step) => step.id),
    parameters: Object.entries(parameters ?? {}).map(([parameter, asked]) => ({
      name: parameter,
      required: asked.default === undefined,
      ...asked,
    })),
    source,
  };
}

/** The library by trade. */
export function formatList(offered: readonly Offered[], color: boolean): string {
  const { bold } = paint(color);
  const rows = offered.map(({ value, source }) => [
    value.id,
    value.name,
    value.language ?? "",
    `about ${withArticle(value.target)}`,
    count(value.steps.length, "step"),
    source === "workspace" ? "of this workspace" : "",
  ]);
  const lines = columns(rows.map((row) => row.map(visibleLine))).split("\n");
  const groups = Map.groupBy(offered.keys(), (index) => offered[index]?.value.niche ?? "");
  const told = [...groups].map(([niche, indexes]) =>
    [bold(visibleLine(niche)), ...indexes.map((index) => `  ${lines[index]}`)].join("\n"),
  );
  return `${told.join("\n\n")}\n`;
}

/** One template: what it is for, what it asks for, and what it says when. */
export function formatTemplate({ value }: Offered, shown: Shown | null, color: boolean): string {
  const { bold, dim } = paint(color);
  const { id, name, niche, language, description, parameters = {} } = value;
  const about = [
    niche,
    language,
    `about ${withArticle(value.target)}`,
    value.purpose ?? "transactional",
  ];
  const events = value.exit?.events ?? ["reply"];
  const ends = [...events, value.exit?.goal].filter((end) => end !== undefined);
  const head = [
    bold(visibleLine(`${name} (${id})`)),
    visibleLine(about.filter((word) => word !== undefined).join(", ")),
    dim(visibleLine(`ends on ${ends.join(", or ")}`)),
    ...(description === undefined ? [] : ["", ...wrap(visible(description))]),
  ];
  return [
    ...head,
    "",
    bold("Parameters"),
    visible(parameterTable(parameters)),
    ...(shown === null ? [] : outline(shown, color)),
    dim(visible(commandFor(id, parameters))),
    "",
  ].join("\n");
}

function parameterTable(parameters: Readonly<Record<string, TemplateParameter>>): string {
  const rows = Object.entries(parameters).map(([name, asked]) => [
    `  ${name}`,
    asked.options === undefined ? asked.type : visibleLine(asked.options.join(" | ")),
    asked.default === undefined ? "required" : visibleLine(String(asked.default)),
    visibleLine(asked.description),
  ]);
  if (rows.length === 0) return "  none\n";
  return table(["  name", "type", "default", "what it is"], rows);
}

function outline({ name, preview }: Shown, color: boolean): string[] {
  const { bold, dim } = paint(color);
  const start = DateTime.fromISO(preview.start, { setZone: true });
  const head = `${bold("Steps")}${dim(visible(`, with the examples filled in, for ${name}`))}`;
  return [head, ...preview.steps.flatMap((step) => stepLines(step, start, color)), ""];
}

function stepLines(step: PreviewedStep, start: DateTime, color: boolean): string[] {
  const { bold, dim, yellow } = paint(color);
  const due = step.due_at === null ? null : DateTime.fromISO(step.due_at, { setZone: true });
  const day = due === null ? "" : `day ${daysBetween(start, due)}, `;
  const date = due === null ? "no date" : due.setLocale("en").toFormat("ccc d LLL yyyy HH:mm");
  const way = step.channel === null ? "" : `  ${channelWords(step.channel)}`;
  const heading = `  ${bold(visible(step.step))}  ${day}${date}${way}`;
  const why = dim(visible(`  ${step.wait}${step.if === null ? "" : `, if ${step.if}`}`));
  if (step.skipped !== null) {
    return ["", heading, `  ${why}`, yellow(visible(`    not sent: ${step.reason}`))];
  }
  const words = (step.text ?? "").split("\n").map((line) => `    │ ${line}`.trimEnd());
  return [
    "",
    heading,
    `  ${why}`,
    ...(step.subject === null ? [] : [`    ${bold(visibleLine(step.subject))}`]),
    ...words.map(visible),
  ];
}

/** Days on the calendar, not stretches of 24 hours. */
function daysBetween(start: DateTime, end: DateTime): number {
  return Math.round(end.startOf("day").diff(start.startOf("day"), "days").days);
}

/** A command that applies it: to be copied, and its values to be replaced. */
function commandFor(id: string, parameters: Readonly<Record<string, TemplateParameter>>): string {
  const set = Object.entries(parameters)
    .filter(([, { default: usual }]) => usual === undefined)
    .map(([name, { example }]) => ` \\\n  --set ${name}=${shellWord(String(example ?? "…"))}`);
  return `cadenza template apply ${id}${set.join("")}`;
}
