import { DateTime } from "luxon";
import type { PreviewCase, PreviewedStep } from "../../previews.ts";
import { paint } from "../paint.ts";
import { visible, visibleLine } from "../visible.ts";
import { dateWords } from "../words.ts";
import { buttonWords, composeWords, smsWords } from "./words.ts";

/** Previews as people read them: a dated timeline per persona, each message below its step. */
export function formatPreview(cases: readonly PreviewCase[], color: boolean): string {
  const { bold, dim } = paint(color);
  return cases
    .map(({ preview: { sequence, persona, start, steps }, version }) =>
      [
        bold(visibleLine(`${version.document.name ?? sequence} (${sequence}) to ${persona}`)),
        dim(`starts ${dateWords(start)}`),
        "",
        ...steps.map((step) => formatStep(step, color)),
      ].join("\n"),
    )
    .join("\n");
}

function formatStep(step: PreviewedStep, color: boolean): string {
  const { bold, dim, yellow } = paint(color);
  const when = step.due_at === null ? "no date" : dateWords(step.due_at);
  const heading = `${bold(step.step)}  ${when}`;
  if (step.skipped !== null) {
    return `${heading}\n${dim(`  ${step.wait}`)}\n  ${yellow(visibleLine(`not sent: ${step.reason}`))}\n`;
  }
  const how = [
    `${step.channel} by ${step.inbox}`,
    ...(step.template === null ? [] : [`template ${step.template.id}`]),
    ...(step.segments === null ? [] : [smsWords(step)]),
  ];
  const lines = [
    `${heading}  ${visibleLine(how.join(", "))}`,
    dim(`  ${movedWords(step)}`),
    `  ${dim(visibleLine(step.reason ?? ""))}`,
    ...(step.if === null ? [] : [`  ${dim(visibleLine(`if ${step.if}`))}`]),
    ...(step.compose === "static" ? [] : [yellow(`  ${composeWords(step.compose)}`)]),
    ...(step.subject === null ? [] : [`  ${bold(visibleLine(step.subject))}`]),
    ...message(step),
    ...(step.other_window === null ? [] : otherWindow(step.other_window, dim)),
    ...step.diagnostics.map(
      ({ severity, message }) => `  ${yellow(visibleLine(`${severity}: ${message}`))}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function message({ text, template, buttons, attachments }: PreviewedStep): string[] {
  return [
    ...quoted(template?.header),
    ...quoted(text),
    ...quoted(template?.footer),
    ...[...(template?.buttons ?? []), ...buttons].map((button) => `  │ [${buttonWords(button)}]`),
    ...attachments.map(({ name, url }) => `  │ + ${name ?? url}`),
  ].map(visible);
}

function otherWindow(
  { window, text, template, reason }: NonNullable<PreviewedStep["other_window"]>,
  dim: (text: string) => string,
): string[] {
  const named = template === null ? "" : ` (template ${template.id})`;
  if (text === null) return [dim(visible(`  were the window ${window}: nothing, ${reason}`))];
  return [`  were the window ${window}${named}:`, ...quoted(text)].map((line) =>
    dim(visible(line)),
  );
}

function quoted(text: string | null | undefined): string[] {
  if (text === null || text === undefined) return [];
  return text.split("\n").map((line) => (line === "" ? "  │" : `  │ ${line}`));
}

function movedWords({ wait, moved }: PreviewedStep): string {
  if (moved === null) return wait;
  const from = DateTime.fromISO(moved.from, { setZone: true }).setLocale("en");
  return `${wait}; moved from ${from.toFormat("ccc HH:mm")}, ${moved.because}`;
}
