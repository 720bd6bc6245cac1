import type { ComparedPreview } from "../../plan/types.ts";
import type { PreviewedStep } from "../../previews.ts";
import { saidBy, stepWords } from "./words.ts";

/** One step of a timeline, before and after. */
export interface Row {
  readonly step: string;
  readonly before: PreviewedStep | null;
  readonly after: PreviewedStep | null;
  /** Whether it goes at the same time by the same channel. */
  readonly isSameTime: boolean;
  /** Whether it says the same. */
  readonly isSameText: boolean;
}

/** The steps of both sides in one order: the new one, and what is gone where it was. */
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
  return ids.map((step) => rowOf(step, earlier.get(step) ?? null, later.get(step) ?? null));
}

function rowOf(step: string, before: PreviewedStep | null, after: PreviewedStep | null): Row {
  return {
    step,
    before,
    after,
    isSameTime: stepWords(before) === stepWords(after),
    isSameText: saidBy(before) === saidBy(after),
  };
}
