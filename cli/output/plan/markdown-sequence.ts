import type { StepDiff } from "../../../core/language/diff/index.ts";
import type { PlannedSequence } from "../../plan/types.ts";
import type { PreviewedStep } from "../../previews.ts";
import { escapeMarkdown } from "../markdown.ts";
import { audiencesOf, type Audience, type Audiences } from "./audiences.ts";
import { changeItem, clip, diffBlock } from "./markdown-change.ts";
import type { Piece } from "./pieces.ts";
import type { Row } from "./rows.ts";
import { shownChanges } from "./shown.ts";
import { ACTIONS, liveLines, placeWords, stepWords } from "./words.ts";

/** Everything about one sequence, folded; without the messages where there is no room for them. */
export function sequenceDetails(sequence: PlannedSequence): Piece {
  const { id, action, name, changes, steps, previews } = sequence;
  const summary = `<details><summary><code>${id}</code> ${ACTIONS[action]}: steps, dates and messages</summary>`;
  const about = [
    escapeMarkdown(clip(name)),
    ...liveLines(sequence).map((line) => `- ${escapeMarkdown(line)}`),
    ...changes.map((change) => changeItem(change)),
  ].join("\n");
  const audiences = audiencesOf(previews);
  const told = [summary, about, ...steps.map((step) => stepItem(step, audiences))];
  const read = audiences.reached.map(audienceItem);
  const forms = [
    [...told, ...read, ...unreachedLine(audiences)],
    [...told, ...read.slice(0, 1)],
    told,
    [summary, about],
  ];
  return {
    name: `\`${id}\``,
    forms: forms.map((parts) => [...parts, "</details>"].join("\n\n")),
  };
}

const ICONS = { added: "➕", removed: "➖", moved: "↕️", changed: "✏️" } as const;

function stepItem(step: StepDiff, audiences: Audiences): string {
  const place = placeWords(step);
  const where = place === "" ? "" : `, ${place}`;
  const title = `${ICONS[step.action]} **step** \`${step.step}\` ${step.action}${where}`;
  const changes = shownChanges(step, audiences).map(changeItem);
  return [title, ...(changes.length === 0 ? [] : [changes.join("\n")])].join("\n\n");
}

/** What some personas get: dates before and after, then the messages that differ. */
function audienceItem({ personas, rows }: Audience, index: number): string {
  const table = rows.map(({ step, before, after, isSameTime }) => {
    return `| \`${step}\` | ${cell(before)} | ${isSameTime ? "same" : `**${cell(after)}**`} |`;
  });
  return [
    `<details${index === 0 ? " open" : ""}><summary>for ${named(personas, (id) => `<code>${id}</code>`)}</summary>`,
    ["| Step | Before | After |", "| --- | --- | --- |", ...table].join("\n"),
    ...rows.flatMap(messageItem),
    "</details>",
  ].join("\n\n");
}

function messageItem({ step, text, alike }: Row): string[] {
  if (alike !== null) return [`\`${step}\`: the same words change as for \`${alike}\``];
  return text.length === 0 ? [] : [`\`${step}\``, diffBlock(text)];
}

function unreachedLine({ unreached }: Audiences): string[] {
  if (unreached.length === 0) return [];
  return [`Nothing is sent to ${named(unreached, (id) => `\`${id}\``)}, before or after.`];
}

const MOST_NAMES = 8;

function named(personas: readonly string[], marked: (id: string) => string): string {
  const names = personas.slice(0, MOST_NAMES).map(marked);
  const more = personas.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function cell(step: PreviewedStep | null): string {
  const words = stepWords(step);
  return step?.skipped === null ? words : escapeMarkdown(clip(words));
}
