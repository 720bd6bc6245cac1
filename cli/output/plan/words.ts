import type { StepDiff } from "../../../core/language/diff/index.ts";
import type { AttributeDeclaration } from "../../../core/language/document.ts";
import type { Plan, PlannedSequence } from "../../plan/types.ts";
import type { PreviewedStep } from "../../previews.ts";
import { count, dateWords } from "../words.ts";

/** `1 created, 2 changed`; `nothing changes`; errors before everything else. */
export function headline(plan: Plan): string {
  const errors = plan.diagnostics.filter(({ severity }) => severity === "error").length;
  const changes = changeWords(plan);
  if (errors === 0) return changes === "" ? "nothing changes" : changes;
  const otherwise = changes === "" ? "" : ` (otherwise: ${changes})`;
  return `${count(errors, "error")}, nothing to publish${otherwise}`;
}

function changeWords({ sequences, policy, attributes, breaking }: Plan): string {
  const of = (action: PlannedSequence["action"], word: string) => {
    const number = sequences.filter((one) => one.action === action).length;
    return number === 0 ? [] : [`${number} ${word}`];
  };
  const parts = [
    ...of("create", "created"),
    ...of("change", "changed"),
    ...of("retire", "retired"),
  ];
  if (breaking.length > 0) parts.push(count(breaking.length, "breaking change"));
  if (policy.length > 0) parts.push("live policy changes");
  if (attributes.length > 0) parts.push(count(attributes.length, "new attribute"));
  return parts.join(", ");
}

export const ACTIONS = {
  create: "created",
  change: "changed",
  retire: "retired",
  none: "no new version",
} as const;

/** `3 → 4`; empty without a server. */
export function versionWords({ from, to, action }: PlannedSequence): string {
  if (from === null && to === null) return "";
  if (action === "none" && from === to) return String(from);
  return `${from ?? "–"} → ${to ?? "retired"}`;
}

/** `1 added, 2 changed`. */
export function stepCounts(steps: readonly StepDiff[]): string {
  const byAction = Map.groupBy(steps, ({ action }) => action);
  return (["added", "removed", "moved", "changed"] as const)
    .flatMap((action) => {
      const number = byAction.get(action)?.length ?? 0;
      return number === 0 ? [] : [`${number} ${action}`];
    })
    .join(", ");
}

/** `12 stay on version 3 (9 before ask, 3 before bye)`, a line each. */
export function liveLines({ live_enrollments: live, action }: PlannedSequence): string[] {
  if (live === null || action === "create") return [];
  if (live.total === 0) return ["nobody is under way"];
  return live.versions.map(({ version, total, steps }) => {
    const places = steps.map(({ step, count }) => `${count} before ${step ?? "the end"}`);
    return `${total} stay${total === 1 ? "s" : ""} on version ${version}: ${places.join(", ")}`;
  });
}

/** Where a step goes: `place 3`, `place 2 → 3`. */
export function placeWords({ action, from, to, moved }: StepDiff): string {
  if (action === "added") return `place ${to}`;
  if (action === "removed") return `was at place ${from}`;
  return moved ? `place ${from} → ${to}` : "";
}

/** `contact.custom.plan (text)`. */
export function attributeWords({ entity, key, type, options }: AttributeDeclaration): string {
  const values = options === undefined ? "" : `: ${options.join(", ")}`;
  return `${entity}.custom.${key} (${type}${values})`;
}

/** When and how a step goes, on one line. */
export function stepWords(step: PreviewedStep | null): string {
  if (step === null) return "–";
  if (step.skipped !== null) return `not sent: ${step.reason ?? step.skipped}`;
  const when = step.due_at === null ? "no date" : dateWords(step.due_at);
  return `${when}, ${step.channel ?? "no channel"}`;
}

/** What a step says, all of it that people see. */
export function saidBy(step: PreviewedStep | null): string {
  if (step === null || step.skipped !== null) return "";
  const { subject, text, template, buttons, attachments, other_window: other } = step;
  return [
    ...(subject === null ? [] : [`Subject: ${subject}`, ""]),
    ...(text === null ? [] : text.split("\n")),
    ...(template === null ? [] : [`(WhatsApp template ${template.id})`]),
    ...buttons.map(({ text: label, url, reply }) => `[${label}] ${url ?? reply ?? ""}`.trimEnd()),
    ...attachments.map(({ name, url }) => `(attached: ${name ?? url})`),
    ...(other === null
      ? []
      : ["", `Were WhatsApp's window ${other.window}: ${other.text ?? other.reason ?? "nothing"}`]),
  ].join("\n");
}
