import type { ComparedPreview } from "../../plan/types.ts";
import type { PreviewedStep } from "../../previews.ts";
import { aroundChanges, isChange, lineDiff } from "./line-diff.ts";
import { saidBy, stepWords } from "./words.ts";

/** One step of a timeline, before and after. */
export interface Row {
  readonly step: string;
  readonly before: PreviewedStep | null;
  readonly after: PreviewedStep | null;
  /** Whether it goes at the same time by the same channel. */
  readonly isSameTime: boolean;
  /** How its words differ, line by line; empty where they do not. */
  readonly text: readonly string[];
  /** A persona for whom this very change of words was told already, so that `text` is empty. */
  readonly alike: string | null;
}

/**
 * The steps of both sides in one order: the new one, and what is gone where it was. What a sequence
 * said that is retired, or no longer for this persona, is not told.
 */
export function rowsOf({ before, after }: ComparedPreview): Row[] {
  const old = before?.steps ?? [];
  const now = after?.steps ?? [];
  const earlier = new Map(old.map((step) => [step.step, step]));
  const later = new Map(now.map((step) => [step.step, step]));
  const ids = now.map(({ step }) => step);
  for (const [index, { step }] of old.entries()) {
    if (later.has(step)) continue;
    const next = old.slice(index + 1).find((one) => later.has(one.step));
    ids.splice(next === undefined ? ids.length : ids.indexOf(next.step), 0, step);
  }
  return ids.map((step) => {
    const row = rowOf(step, earlier.get(step) ?? null, later.get(step) ?? null);
    return after === null ? { ...row, text: [] } : row;
  });
}

/** So many lines tell which message it is that is no longer sent. */
const ENOUGH = 3;

function rowOf(step: string, before: PreviewedStep | null, after: PreviewedStep | null): Row {
  const lines = aroundChanges(lineDiff(saidBy(before), saidBy(after)));
  const isGone = saidBy(after) === "" && lines.length > ENOUGH;
  const text = isGone ? [...lines.slice(0, ENOUGH), "- …"] : lines;
  const isSameTime = stepWords(before) === stepWords(after);
  return { step, before, after, isSameTime, text, alike: null };
}

/** What makes two rows the same for a reader, whoever they are for. */
export function changeIn({ step, before, after, text }: Row): string {
  return JSON.stringify([step, stepWords(before), stepWords(after), text.filter(isChange)]);
}
