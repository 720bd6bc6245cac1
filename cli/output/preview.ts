import { DateTime } from "luxon";
import type { Compilation } from "../../core/language/index.ts";
import type { Preview, PreviewedStep } from "../previews.ts";
import { paint } from "./paint.ts";

/** Previews as people read them: a dated timeline per persona, each message below its step. */
export function formatPreview(
  previews: readonly Preview[],
  compilation: Compilation,
  color: boolean,
): string {
  const { bold, dim } = paint(color);
  const names = new Map(compilation.sequences.map(({ id, document }) => [id, document.name ?? id]));
  return previews
    .map(({ sequence, persona, start, steps }) =>
      [
        bold(`${names.get(sequence)} (${sequence}) to ${persona}`),
        dim(`starts ${readable(start)}`),
        "",
        ...steps.map((step) => formatStep(step, color)),
      ].join("\n"),
    )
    .join("\n");
}

function formatStep(step: PreviewedStep, color: boolean): string {
  const { bold, dim, yellow } = paint(color);
  const when = step.due_at === null ? "no date" : readable(step.due_at);
  const heading = `${bold(step.step)}  ${when}`;
  if (step.skipped !== null) return `${heading}\n  ${yellow(`not sent: ${step.skipped}`)}\n`;
  const segments =
    step.segments === null ? "" : `, ${step.segments} segment${step.segments === 1 ? "" : "s"}`;
  const lines = [
    `${heading}  ${step.channel} by ${step.inbox}${segments}`,
    dim(`  ${step.reason}`),
    ...(step.subject === null ? [] : [`  ${bold(step.subject)}`]),
    ...(step.text ?? "").split("\n").map((line) => (line === "" ? "  │" : `  │ ${line}`)),
  ];
  return `${lines.join("\n")}\n`;
}

function readable(iso: string): string {
  return DateTime.fromISO(iso, { setZone: true })
    .setLocale("en")
    .toFormat("ccc d LLL yyyy HH:mm (ZZ)");
}
