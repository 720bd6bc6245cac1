import type { StepDiff } from "../../../core/language/diff/index.ts";
import type { ComparedPreview, PlannedSequence } from "../../plan/types.ts";
import type { PreviewedStep } from "../../previews.ts";
import { escapeMarkdown } from "../markdown.ts";
import { changeItem, clip, diffBlock } from "./markdown-change.ts";
import type { Piece } from "./pieces.ts";
import { rowsOf } from "./rows.ts";
import { ACTIONS, liveLines, placeWords, saidBy, shownChanges, stepWords } from "./words.ts";

/** Everything about one sequence, folded; without the messages where there is no room for them. */
export function sequenceDetails(sequence: PlannedSequence): Piece {
  const { id, action, name, changes, steps, previews, live_enrollments: live } = sequence;
  const summary = `<details><summary><code>${id}</code> ${ACTIONS[action]}: steps, dates and messages</summary>`;
  const about = [
    escapeMarkdown(clip(name)),
    ...liveLines(live).map((line) => `- ${escapeMarkdown(line)}`),
    ...changes.map((change) => changeItem(change)),
  ].join("\n");
  const told = [summary, about, ...steps.map(stepItem)];
  const forms = [
    [...told, ...previews.map(previewed)],
    [...told, ...previews.slice(0, 1).map(previewed)],
    told,
    [summary, about],
  ];
  return {
    name: `\`${id}\``,
    forms: forms.map((parts) => [...parts, "</details>"].join("\n\n")),
  };
}

const ICONS = { added: "➕", removed: "➖", moved: "↕️", changed: "✏️" } as const;

function stepItem(step: StepDiff): string {
  const place = placeWords(step);
  const where = place === "" ? "" : `, ${place}`;
  const title = `${ICONS[step.action]} **step** \`${step.step}\` ${step.action}${where}`;
  const changes = shownChanges(step).map(changeItem);
  return [title, ...(changes.length === 0 ? [] : [changes.join("\n")])].join("\n\n");
}

/** What one persona gets: dates before and after, then the messages that differ. */
function previewed(compared: ComparedPreview, index: number): string {
  const rows = rowsOf(compared);
  const table = rows.map(({ step, before, after, isSameTime }) => {
    const now = cell(after);
    return `| \`${step}\` | ${cell(before)} | ${isSameTime ? now : `**${now}**`} |`;
  });
  const messages = rows
    .filter(({ isSameText }) => !isSameText)
    .map(({ step, before, after }) => `\`${step}\`\n\n${diffBlock(saidBy(before), saidBy(after))}`);
  return [
    `<details${index === 0 ? " open" : ""}><summary>for <code>${compared.persona}</code></summary>`,
    ["| Step | Before | After |", "| --- | --- | --- |", ...table].join("\n"),
    ...messages,
    "</details>",
  ].join("\n\n");
}

function cell(step: PreviewedStep | null): string {
  const words = stepWords(step);
  return step?.skipped === null ? words : escapeMarkdown(clip(words));
}
