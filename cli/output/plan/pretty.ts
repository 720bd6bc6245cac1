import { formatPretty, type SourceFile } from "../../../core/language/index.ts";
import type { Breaking, FieldChange, StepDiff } from "../../../core/language/diff/index.ts";
import type { ComparedPreview, Plan, PlannedSequence } from "../../plan/types.ts";
import { paint } from "../paint.ts";
import { visible } from "../visible.ts";
import { lineDiff } from "./line-diff.ts";
import { rowsOf } from "./rows.ts";
import {
  ACTIONS,
  attributeWords,
  dateWords,
  headline,
  isToldOf,
  liveLines,
  placeWords,
  saidBy,
  shownChanges,
  stepWords,
  versionWords,
} from "./words.ts";

type Paint = ReturnType<typeof paint>;

/** A plan for a terminal. Every text that comes from files is kept from steering it. */
export function prettyPlan(plan: Plan, files: readonly SourceFile[], color: boolean): string {
  const style = paint(color);
  const { base, head, policy, attributes, new_diagnostics: found } = plan;
  const from = head.uncommitted.length === 0 ? "" : ", with what is not committed yet";
  const lines = [
    style.bold(`Merging into ${visible(plan.against)}: ${headline(plan)}`),
    style.dim(`${head.commit.slice(0, 12)}${from} into ${base.commit.slice(0, 12)}`),
    ...(plan.start === null ? [] : [style.dim(`timelines start ${dateWords(plan.start)}`)]),
    ...plan.notes.map((note) => style.yellow(visible(note))),
    ...plan.sequences.filter(isToldOf).flatMap((one) => ["", ...sequenceLines(one, style)]),
    ...part(
      "Applies at once, to everyone",
      policy.flatMap((one) => changeLines(one, style)),
      style,
    ),
    ...part(
      "Attributes that are created",
      attributes.map((one) => visible(attributeWords(one))),
      style,
    ),
    ...part(
      "Breaking, whatever the sequence",
      elsewhere(plan).flatMap((one) => breakingLines(one, style)),
      style,
    ),
  ];
  const findings = found.length === 0 ? "" : `\n${formatPretty(found, files, { color })}\n`;
  return `${lines.join("\n")}\n${findings}`;
}

/** What concerns no sequence that is told of. */
function elsewhere({ breaking, sequences }: Plan): Breaking[] {
  const told = new Set(sequences.flatMap((one) => one.breaking));
  return breaking.filter((one) => !told.has(one));
}

function part(title: string, lines: readonly string[], { bold }: Paint): string[] {
  return lines.length === 0 ? [] : ["", bold(title), ...lines.map((line) => `  ${line}`)];
}

const MARKS = { create: "+", change: "~", retire: "x", none: "=" } as const;

function sequenceLines(sequence: PlannedSequence, style: Paint): string[] {
  const { id, name, action, changes, steps, breaking, previews } = sequence;
  const version = versionWords(sequence);
  const facts = [ACTIONS[action], ...(version === "" ? [] : [`version ${version}`])].join(", ");
  return [
    `${style.bold(`${MARKS[action]} ${id}`)}  ${visible(name).replaceAll(/\s+/g, " ")}: ${facts}`,
    ...liveLines(sequence.live_enrollments).map((line) => style.dim(`  ${line}`)),
    ...breaking.flatMap((one) => breakingLines(one, style)).map((line) => `  ${line}`),
    ...changes.flatMap((one) => changeLines(one, style)).map((line) => `  ${line}`),
    ...steps.flatMap((step) => stepLines(step, style)),
    ...previews.flatMap((one) => previewLines(one, style)),
  ];
}

function breakingLines({ rule, message, hint, file, line }: Breaking, style: Paint): string[] {
  return [
    `${style.red(`! ${rule}`)} ${visible(`${message} (${file}:${line})`)}`,
    style.dim(visible(`  → ${hint}`)),
  ];
}

const STEP_MARKS = { added: "+", removed: "-", moved: ">", changed: "~" } as const;

function stepLines(step: StepDiff, style: Paint): string[] {
  const place = placeWords(step);
  return [
    `  ${STEP_MARKS[step.action]} ${style.bold(step.step)}  ${step.action}${place === "" ? "" : `, ${place}`}`,
    ...shownChanges(step)
      .flatMap((change) => changeLines(change, style))
      .map((line) => `      ${line}`),
  ];
}

/** A short value on one line, a longer text line by line. */
function changeLines({ field, before, after }: FieldChange, style: Paint): string[] {
  const values = [before, after].filter((value) => value !== null);
  if (values.every((value) => value.length <= 60 && !value.includes("\n"))) {
    if (values.length === 1 && before === null) return [visible(`${field}: ${after}`)];
    return [visible(`${field}: ${before ?? "none"} → ${after ?? "none"}`)];
  }
  const lines = lineDiff(before ?? "", after ?? "");
  return [visible(`${field}:`), ...lines.map((line) => `  ${painted(line, style)}`)];
}

function painted(line: string, { red, green }: Paint): string {
  const shown = visible(line);
  if (line.startsWith("-")) return red(shown);
  return line.startsWith("+") ? green(shown) : shown;
}

function previewLines(compared: ComparedPreview, style: Paint): string[] {
  return [
    `  ${style.bold(`to ${compared.persona}`)}`,
    ...rowsOf(compared).flatMap((row) => {
      const { step, before, after, isSameTime, isSameText } = row;
      const when = isSameTime
        ? style.dim(visible(stepWords(after)))
        : visible(`${stepWords(before)}  →  ${stepWords(after)}`);
      const texts = isSameText ? [] : lineDiff(saidBy(before), saidBy(after));
      return [`    ${step}  ${when}`, ...texts.map((line) => `      ${painted(line, style)}`)];
    }),
  ];
}
