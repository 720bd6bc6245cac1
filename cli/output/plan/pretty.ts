import { formatPretty } from "../../../core/language/frame.ts";
import type { SourceFile } from "../../../core/language/source.ts";
import type { Breaking, FieldChange, StepDiff } from "../../../core/language/diff/index.ts";
import type { Plan, PlannedSequence } from "../../plan/types.ts";
import { paint } from "../paint.ts";
import { dateWords } from "../words.ts";
import { visible, visibleLine } from "../visible.ts";
import { audiencesOf, type Audience, type Audiences } from "./audiences.ts";
import { aroundChanges, lineDiff } from "./line-diff.ts";
import type { Row } from "./rows.ts";
import { isToldOf, shownChanges } from "./shown.ts";
import {
  ACTIONS,
  attributeWords,
  headline,
  liveLines,
  placeWords,
  stepWords,
  versionWords,
} from "./words.ts";

type Paint = ReturnType<typeof paint>;

/** A plan for a terminal. Every text that comes from files is kept from steering it. */
export function prettyPlan(plan: Plan, files: readonly SourceFile[], color: boolean): string {
  const style = paint(color);
  const { base, head, breaking, policy, attributes, new_diagnostics: found } = plan;
  const from = head.uncommitted.length === 0 ? "" : ", with what is not committed yet";
  const lines = [
    style.bold(`Merging into ${visible(plan.against)}: ${headline(plan)}`),
    style.dim(`${head.commit.slice(0, 12)}${from} into ${base.commit.slice(0, 12)}`),
    ...(plan.start === null ? [] : [style.dim(`timelines start ${dateWords(plan.start)}`)]),
    ...plan.notes.map((note) => style.yellow(visibleLine(note))),
    ...part(
      "Breaking changes",
      breaking.flatMap((one) => breakingLines(one, style)),
      style,
    ),
    ...part(
      "Applies at once, to everyone",
      policy.flatMap((one) => changeLines(one, style)),
      style,
    ),
    ...part(
      "Attributes that are created",
      attributes.map((one) => visibleLine(attributeWords(one))),
      style,
    ),
    ...plan.sequences.filter(isToldOf).flatMap((one) => ["", ...sequenceLines(one, style)]),
  ];
  const findings = found.length === 0 ? "" : `\n${formatPretty(found, files, { color })}\n`;
  return `${lines.join("\n")}\n${findings}`;
}

function part(title: string, lines: readonly string[], { bold }: Paint): string[] {
  return lines.length === 0 ? [] : ["", bold(title), ...lines.map((line) => `  ${line}`)];
}

const MARKS = { create: "+", change: "~", retire: "x", none: "=" } as const;

function sequenceLines(sequence: PlannedSequence, style: Paint): string[] {
  const { id, name, action, changes, steps, previews } = sequence;
  const audiences = audiencesOf(previews);
  const version = versionWords(sequence);
  const facts = [ACTIONS[action], ...(version === "" ? [] : [`version ${version}`])].join(", ");
  return [
    `${style.bold(`${MARKS[action]} ${id}`)}  ${visibleLine(name)}: ${facts}`,
    ...liveLines(sequence).map((line) => style.dim(`  ${line}`)),
    ...changes.flatMap((one) => changeLines(one, style)).map((line) => `  ${line}`),
    ...steps.flatMap((step) => stepLines(step, audiences, style)),
    ...audiences.reached.flatMap((one) => audienceLines(one, style)),
    ...unreachedLine(audiences, style),
  ];
}

function breakingLines(breaking: Breaking, style: Paint): string[] {
  const { rule, sequence, message, hint, file, line } = breaking;
  const of = sequence === null ? "" : ` ${sequence}:`;
  return [
    `${style.red(`! ${rule}`)}${of} ${visibleLine(`${message} (${file}:${line})`)}`,
    style.dim(visible(`  → ${hint}`)),
  ];
}

const STEP_MARKS = { added: "+", removed: "-", moved: ">", changed: "~" } as const;

function stepLines(step: StepDiff, audiences: Audiences, style: Paint): string[] {
  const place = placeWords(step);
  return [
    `  ${STEP_MARKS[step.action]} ${style.bold(step.step)}  ${step.action}${place === "" ? "" : `, ${place}`}`,
    ...shownChanges(step, audiences)
      .flatMap((change) => changeLines(change, style))
      .map((line) => `      ${line}`),
  ];
}

/** A short value on one line, a longer text line by line. */
function changeLines({ field, before, after }: FieldChange, style: Paint): string[] {
  const values = [before, after].filter((value) => value !== null);
  if (values.every((value) => value.length <= 60 && !value.includes("\n"))) {
    if (values.length === 1 && before === null) return [visibleLine(`${field}: ${after}`)];
    return [visibleLine(`${field}: ${before ?? "none"} → ${after ?? "none"}`)];
  }
  const lines = aroundChanges(lineDiff(before ?? "", after ?? ""));
  return [visible(`${field}:`), ...lines.map((line) => `  ${painted(line, style)}`)];
}

function painted(line: string, { red, green }: Paint): string {
  const shown = visible(line);
  if (line.startsWith("-")) return red(shown);
  return line.startsWith("+") ? green(shown) : shown;
}

function audienceLines({ personas, rows }: Audience, style: Paint): string[] {
  return [
    `  ${style.bold(`to ${personas.join(", ")}`)}`,
    ...rows.flatMap((row) => [
      `    ${timeLine(row, style)}`,
      ...row.text.map((line) => `        ${painted(line, style)}`),
      ...(row.alike === null
        ? []
        : [style.dim(`        the same words change as to ${row.alike}`)]),
    ]),
  ];
}

function timeLine({ step, before, after, isSameTime }: Row, style: Paint): string {
  const was = visibleLine(stepWords(before));
  const is = visibleLine(stepWords(after));
  if (before === null) return `+ ${step}  ${is}`;
  if (after === null) return `- ${step}  ${was}`;
  return isSameTime ? `  ${step}  ${style.dim(is)}` : `~ ${step}  ${was}  →  ${is}`;
}

function unreachedLine({ unreached }: Audiences, style: Paint): string[] {
  if (unreached.length === 0) return [];
  return [style.dim(`  nothing is sent to ${unreached.join(", ")}, before or after`)];
}
