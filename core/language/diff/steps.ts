import type { CanonicalDocument } from "../document.ts";
import { expand, type Step } from "../expand.ts";
import { stepFields } from "./describe.ts";
import { changesBetween } from "./fields.ts";
import type { StepDiff } from "./types.ts";

const NOTHING = new Map<string, string>();

/** How the steps differ: in the new order, those that are gone where they were. */
export function diffSteps(before: CanonicalDocument, after: CanonicalDocument): StepDiff[] {
  const from = placesOf(before);
  const to = placesOf(after);
  const staying = after.steps.map(({ id }) => id).filter((id) => from.has(id));
  const inOrder = longestRising(staying.map((id) => from.get(id) ?? 0));
  const moved = new Set(staying.filter((id) => !inOrder.has(from.get(id) ?? 0)));
  const old = new Map(expand(before).steps.map((step) => [step.id, step]));

  const kept = expand(after).steps.flatMap((step): StepDiff[] => {
    const place = { from: from.get(step.id) ?? null, to: to.get(step.id) ?? null };
    const earlier = old.get(step.id);
    if (earlier === undefined) return [added(after, step.index)];
    const changes = changesOf(earlier, step);
    const isMoved = moved.has(step.id);
    if (changes.length === 0 && !isMoved) return [];
    const action = changes.length > 0 ? "changed" : "moved";
    return [{ step: step.id, action, ...place, moved: isMoved, changes }];
  });
  const removed = before.steps.flatMap(({ id }, index) =>
    to.has(id) ? [] : [removedAt(before, index)],
  );
  return withRemoved(kept, removed);
}

/** Every step, as one that was not there before. */
export function allAdded(document: CanonicalDocument): StepDiff[] {
  return document.steps.map((_, index) => added(document, index));
}

function added({ steps }: CanonicalDocument, index: number): StepDiff {
  const step = steps[index]!;
  const changes = changesBetween(NOTHING, stepFields(step));
  return { step: step.id, action: "added", from: null, to: index + 1, moved: false, changes };
}

function removedAt({ steps }: CanonicalDocument, index: number): StepDiff {
  const step = steps[index]!;
  const changes = changesBetween(stepFields(step), NOTHING);
  return { step: step.id, action: "removed", from: index + 1, to: null, moved: false, changes };
}

function changesOf(before: Step, after: Step) {
  return changesBetween(stepFields(before), stepFields(after));
}

function placesOf({ steps }: CanonicalDocument): ReadonlyMap<string, number> {
  return new Map(steps.map(({ id }, index) => [id, index + 1]));
}

/** A removed step is told before what now stands at its place or behind it. */
function withRemoved(kept: readonly StepDiff[], removed: readonly StepDiff[]): StepDiff[] {
  const all = [...kept];
  for (const gone of removed) {
    const place = gone.from ?? 0;
    const next = all.findIndex(({ action, from, to }) => {
      return action !== "removed" && (from ?? to ?? 0) >= place;
    });
    all.splice(next < 0 ? all.length : next, 0, gone);
  }
  return all;
}

/** The values of a longest rising part: what is not in it has moved. */
function longestRising(values: readonly number[]): ReadonlySet<number> {
  const best: { readonly length: number; readonly previous: number }[] = [];
  let last = -1;
  for (const [index, value] of values.entries()) {
    let found = { length: 1, previous: -1 };
    for (let earlier = 0; earlier < index; earlier++) {
      const length = (best[earlier]?.length ?? 0) + 1;
      if ((values[earlier] ?? 0) < value && length > found.length)
        found = { length, previous: earlier };
    }
    best.push(found);
    if (found.length > (best[last]?.length ?? 0)) last = index;
  }
  const rising = new Set<number>();
  for (let at = last; at >= 0; at = best[at]?.previous ?? -1) rising.add(values[at] ?? 0);
  return rising;
}
