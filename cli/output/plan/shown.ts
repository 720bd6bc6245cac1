import type { FieldChange, StepDiff } from "../../../core/language/diff/index.ts";
import type { PlannedSequence } from "../../plan/types.ts";
import { isReached, type Audiences } from "./audiences.ts";

/** Whether there is anything to tell of a sequence. */
export function isToldOf({ action, changes, breaking, previews }: PlannedSequence): boolean {
  const isAlike = action === "none" && changes.length === 0 && breaking.length === 0;
  return !isAlike || previews.some(isReached);
}

/**
 * What is worth telling of a step: one that changed, all of it; one that is new, without the copies of
 * approved templates and without words that stand among the messages; one that is gone, when it went.
 */
export function shownChanges(
  { step, action, changes }: StepDiff,
  { reached }: Audiences,
): readonly FieldChange[] {
  if (action === "removed") {
    const told = changes.filter(({ field }) => WHEN_AND_HOW.has(field));
    return told.map(({ field, before }) => ({ field, before: null, after: before }));
  }
  if (action !== "added") return changes;
  const isRead = reached.some(({ rows }) =>
    rows.some((row) => row.step === step && row.text.length > 0),
  );
  const isTold = ({ field, after }: FieldChange) =>
    field !== "content.type" &&
    !field.includes(".approved.") &&
    !(isRead && WORDS.test(field) && !BRANCH.test(after ?? ""));
  return changes.filter(isTold);
}

const WHEN_AND_HOW: ReadonlySet<string> = new Set(["wait", "at", "channel"]);
/** What a message shows, and what it cannot show all of: it takes one branch. */
const WORDS =
  /^(?:content\.(?:subject|body|markdown|buttons\.\d+)|outside_window\.parameters\.\w+)$/;
const BRANCH = /\{%|\bif\b/;
