import type { Diagnostic } from "../../../core/language/diagnostic.ts";
import type { Breaking } from "../../../core/language/diff/index.ts";
import type { Plan, PlannedSequence } from "../../plan/types.ts";
import { codeSpan, escapeMarkdown } from "../markdown.ts";
import { changeItem, clip } from "./markdown-change.ts";
import { sequenceDetails } from "./markdown-sequence.ts";
import { fit, type Piece } from "./pieces.ts";
import { isToldOf } from "./shown.ts";
import { count, dateWords } from "../words.ts";
import { ACTIONS, attributeWords, headline, stepCounts, versionWords } from "./words.ts";

/**
 * What a job looks for to find its comment again, and to change it instead of adding another. It names the
 * workspace's folder: a repository may have several, each with a comment of its own.
 */
function marker({ root }: Plan): string {
  const folder = encodeURI(root === "" ? "." : root);
  // Which would end the comment, or make it none.
  return `<!-- cadenza-plan: ${folder.replaceAll("--", "%2D%2D")} -->`;
}

/** GitHub takes 65,536 characters; whoever posts the comment may add a few of their own. */
const ROOM = 60_000;

/** How much of it the short part may take, so that some details are there in any case. */
const SHORT = 20_000;

/**
 * A plan for one comment on a pull request: what a reviewer must know first, everything else folded
 * below it. What comes from files stands in code, or is escaped.
 */
export function markdownPlan(plan: Plan): string {
  const top = fit(shortPieces(plan), SHORT, leftOut(plan));
  const details = plan.sequences.filter(isToldOf).map(sequenceDetails);
  const below = fit([...details, ...warnings(plan)], ROOM - top.length, leftOut(plan));
  return `${[top, below].filter((part) => part !== "").join("\n\n")}\n`;
}

function leftOut({ against }: Plan) {
  return (names: readonly string[]) => {
    const shown = names.slice(0, 5).join(", ");
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    const command = codeSpan(clip(`cadenza plan --against ${against}`));
    return `> There is no room here for all of ${shown}${more}. To see it: ${command}`;
  };
}

function shortPieces(plan: Plan): Piece[] {
  const errors = plan.diagnostics.filter(({ severity }) => severity === "error");
  const stalls = plan.diagnostics.filter(isStall);
  const isSafe = plan.breaking.length === 0 && stalls.length === 0;
  const icon = errors.length > 0 ? "❌" : isSafe ? "✅" : "⚠️";
  return [
    whole("the heading", `${marker(plan)}\n### ${icon} Cadenza plan: ${headline(plan)}`),
    whole("what is compared", comparedWords(plan)),
    ...plan.notes.map((note) => whole("a note", `> ${escapeMarkdown(note)}`)),
    ...list("the errors", "Nothing is published while these stand", errors.map(findingItem)),
    ...list(
      "what stalls",
      "Nothing is published until an operator agrees",
      stalls.map(findingItem),
    ),
    ...table(plan),
    ...list("the breaking changes", "Breaking changes", plan.breaking.map(breakingItem)),
    ...list(
      "the live policy",
      "Applies at once, to everyone, on every version",
      plan.policy.map((change) => changeItem(change)),
    ),
    ...list(
      "the attributes",
      "Attributes that are created",
      plan.attributes.map((one) => `- ${codeSpan(clip(attributeWords(one)))}`),
    ),
  ];
}

/** A valid merge that a server would not publish by itself. */
function isStall({ rule }: Diagnostic): boolean {
  return rule === "retire-guard" || rule === "empty-tree";
}

function comparedWords({ against, base, head, start }: Plan): string {
  const open = head.uncommitted.length;
  const also =
    open === 0
      ? ""
      : `, with ${count(open, "file")} that ${open === 1 ? "is" : "are"} not committed`;
  const from = start === null ? "" : ` Timelines start ${dateWords(start)}.`;
  return (
    `Merging ${codeSpan(head.commit.slice(0, 12))}${also} into ${codeSpan(clip(against))} ` +
    `(${codeSpan(base.commit.slice(0, 12))}). Whoever is under way stays on their version.${from}`
  );
}

function table({ sequences }: Plan): Piece[] {
  const told = sequences.filter(isToldOf);
  if (told.length === 0) return [];
  const isLive = told.some((one) => versionWords(one) !== "");
  const header = ["", "Sequence", ...(isLive ? ["Version", "Under way"] : []), "Steps", "Breaking"];
  const lines = [header, header.map(() => "---"), ...told.map((one) => row(one, isLive))];
  const rows = lines.map((cells) => `| ${cells.join(" | ")} |`);
  return [whole("the table", rows.join("\n"), rows.slice(0, 52).join("\n"))];
}

const ICONS = { create: "🟢", change: "🟡", retire: "🔴", none: "⚪" } as const;

function row(sequence: PlannedSequence, isLive: boolean): string[] {
  const { id, action, steps, breaking, live_enrollments: live } = sequence;
  const under = live === null ? "" : String(live.total);
  return [
    `${ICONS[action]} ${ACTIONS[action]}`,
    `\`${id}\``,
    ...(isLive ? [versionWords(sequence), under] : []),
    stepCounts(steps),
    breaking.length === 0 ? "" : `⚠️ ${breaking.length}`,
  ];
}

function breakingItem({ rule, sequence, message, hint, file, line }: Breaking): string {
  const where = codeSpan(clip(`${file}:${line}`));
  const of = sequence === null ? "" : ` \`${sequence}\``;
  return `- ⚠️ **${rule}**${of}: ${escapeMarkdown(clip(message))} (${where})<br>→ ${escapeMarkdown(clip(hint))}`;
}

function findingItem({ rule, severity, message, hint, file, line, column }: Diagnostic): string {
  const where = codeSpan(clip(`${file}:${line}:${column}`));
  const advice = hint === undefined ? "" : `<br>→ ${escapeMarkdown(clip(hint))}`;
  const icon = severity === "error" ? "❌" : "⚠️";
  return `- ${icon} ${where} ${escapeMarkdown(clip(message))} ${codeSpan(rule)}${advice}`;
}

/** Only those that this change brings: a comment is no place for what was there before. */
function warnings({ new_diagnostics: found }: Plan): Piece[] {
  const items = found.filter((one) => one.severity === "warning" && !isStall(one)).map(findingItem);
  if (items.length === 0) return [];
  const folded = (some: readonly string[]) =>
    [
      `<details><summary>${count(items.length, "new warning")}</summary>`,
      some.join("\n"),
      "</details>",
    ].join("\n\n");
  return [whole("the warnings", folded(items), folded(items.slice(0, 20)))];
}

function list(name: string, title: string, items: readonly string[]): Piece[] {
  if (items.length === 0) return [];
  const of = (some: readonly string[]) => `**${title}**\n\n${some.join("\n")}`;
  return [whole(name, of(items), of(items.slice(0, 20)), of(items.slice(0, 5)))];
}

function whole(name: string, ...forms: readonly string[]): Piece {
  return { name, forms };
}
