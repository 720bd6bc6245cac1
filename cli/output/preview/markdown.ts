import { DateTime } from "luxon";
import type { PreviewCase, PreviewedStep } from "../../previews.ts";
import { codeBlock, codeCell, codeSpan, escapeMarkdown } from "../markdown.ts";
import { dateWords } from "../words.ts";
import { NOTHING, buttonWords, channelWords, composeWords, smsWords } from "./words.ts";

/**
 * Previews as markdown: the timeline of each cadence as a table, the messages folded below it.
 * Every text that comes from files stands in code or is escaped.
 */
export function markdownPreview(cases: readonly PreviewCase[]): string {
  if (cases.length === 0) return `${NOTHING}\n`;
  return `${cases.map(section).join("\n\n")}\n`;
}

function section({ preview, version, name }: PreviewCase): string {
  const { sequence, persona, start, steps } = preview;
  const title = escapeMarkdown(version.document.name ?? sequence);
  return [
    `### ${title} ${codeSpan(sequence)} · ${escapeMarkdown(name)} ${codeSpan(persona)}`,
    `Starts ${dateWords(start)}.`,
    ["| When | Step | Channel | What |", "| --- | --- | --- | --- |", ...steps.map(row)].join("\n"),
    ...steps.filter(({ skipped }) => skipped === null).map(details),
  ].join("\n\n");
}

function row(step: PreviewedStep): string {
  const cells = [
    step.due_at === null ? "no date" : dateWords(step.due_at),
    codeCell(step.step),
    step.channel === null ? "–" : `${channelWords(step.channel)} by ${codeCell(step.inbox ?? "")}`,
    what(step),
  ];
  return `| ${cells.join(" | ")} |`;
}

function what(step: PreviewedStep): string {
  if (step.skipped !== null) return `*not sent: ${escapeMarkdown(step.reason ?? step.skipped)}*`;
  const notes = [
    ...(step.template === null ? [] : [`template ${codeCell(step.template.id)}`]),
    ...(step.segments === null ? [] : [escapeMarkdown(smsWords(step))]),
    ...(step.compose === "static" ? [] : [composeWords(step.compose)]),
    ...step.diagnostics.map(
      ({ severity, message }) => `**${severity}:** ${escapeMarkdown(message)}`,
    ),
  ];
  if (notes.length > 0) return notes.join("; ");
  return step.subject === null ? "text" : escapeMarkdown(step.subject);
}

function details(step: PreviewedStep): string {
  const { subject, text, template, buttons, attachments, other_window: other } = step;
  const facts = [
    `- wait: ${escapeMarkdown(step.wait)}${moved(step)}`,
    `- why: ${escapeMarkdown(step.reason ?? "")}`,
    ...(step.if === null ? [] : [`- if: ${codeSpan(step.if)}`]),
    ...(subject === null ? [] : [`- subject: ${codeSpan(subject)}`]),
    ...(template?.header === undefined ? [] : [`- header: ${codeSpan(template.header)}`]),
    ...(template?.footer === undefined ? [] : [`- footer: ${codeSpan(template.footer)}`]),
    ...[...(template?.buttons ?? []), ...buttons].map(
      (one) => `- button: ${codeSpan(buttonWords(one))}`,
    ),
    ...attachments.map(({ name, url }) => `- attachment: ${codeSpan(name ?? url)}`),
  ];
  return [
    `<details><summary>${codeless(step.step)}</summary>`,
    facts.join("\n"),
    codeBlock(text ?? "", "text"),
    ...(other === null
      ? []
      : [
          `Were WhatsApp's window ${other.window}:`,
          other.text === null
            ? `nothing, ${escapeMarkdown(other.reason ?? "")}`
            : codeBlock(other.text, "text"),
        ]),
    "</details>",
  ].join("\n\n");
}

/** Inside an HTML tag markdown does not count, and a step's id holds no more than letters and dashes. */
function codeless(id: string): string {
  return `<code>${id.replace(/[^a-z0-9-]/g, "")}</code>`;
}

function moved({ moved }: PreviewedStep): string {
  if (moved === null) return "";
  return `; moved from ${DateTime.fromISO(moved.from, { setZone: true }).toFormat("HH:mm")}, ${moved.because}`;
}
