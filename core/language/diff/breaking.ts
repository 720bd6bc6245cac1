import type { CompiledVersion } from "../compile.ts";
import type { AttributeDeclaration, CanonicalStep } from "../document.ts";
import { expand } from "../expand.ts";
import { waitWords } from "../../preview/words.ts";
import { likeness } from "./likeness.ts";
import { requiredBy } from "./required.ts";
import type { Breaking } from "./types.ts";
import { isFar, isShorter } from "./waits.ts";

/** A sequence that is there before and after. */
interface Pair {
  readonly before: CompiledVersion;
  readonly after: CompiledVersion;
  readonly attributes: {
    readonly before: readonly AttributeDeclaration[];
    readonly after: readonly AttributeDeclaration[];
  };
}

type Found = Omit<Breaking, "sequence">;

/** What breaks within one sequence, in the order in which it is told. */
const RULES: readonly ((pair: Pair) => readonly Found[])[] = [
  targetChanged,
  stepRemoved,
  stepReused,
  channelChanged,
  waitShortened,
  variableNewlyRequired,
];

/** Every breaking change of a sequence. */
export function breakingIn(pair: Pair): readonly Breaking[] {
  const sequence = pair.after.id;
  return RULES.flatMap((rule) => rule(pair)).map((found) => ({ ...found, sequence }));
}

function targetChanged({ before, after }: Pair): Found[] {
  const [from, to] = [before.document.target, after.document.target];
  if (from === to) return [];
  return [
    {
      rule: "target-changed",
      step: null,
      message: `${after.id} is about a ${to} and no longer about a ${from}: whoever enrolls a ${from} is refused`,
      hint: "make it a new sequence, and retire this one when its enrollments have ended",
      file: after.path,
      line: lineOf(after.source, /^target:/m),
      side: "after",
    },
  ];
}

function stepRemoved({ before, after }: Pair): Found[] {
  const now = new Map(after.document.steps.map((step) => [step.id, step]));
  const earlier = new Set(before.document.steps.map(({ id }) => id));
  const added = after.document.steps.filter(({ id }) => !earlier.has(id));
  return before.document.steps
    .filter(({ id }) => !now.has(id))
    .map((step): Found => {
      const twin = added.find((one) => (likeness(step, one) ?? 0) >= ALIKE);
      return {
        rule: "step-removed",
        step: step.id,
        message: `step ${step.id} is gone; people on earlier versions may still be on it`,
        hint:
          twin === undefined
            ? `they finish on their own version; to move them: cadenza migrate ${after.id} --from … --to … --map ${step.id}=…`
            : `${twin.id} says the same: keep the id ${step.id}, or move people with cadenza migrate ${after.id} --from … --to … --map ${step.id}=${twin.id}`,
        ...step.source,
        side: "before",
      };
    });
}

/** At least this alike, two steps say the same; at most that, they say different things. */
const ALIKE = 0.8;
const UNLIKE = 0.25;

function stepReused({ before, after }: Pair): Found[] {
  return inBoth({ before, after })
    .filter(([earlier, step]) => {
      const own = likeness(earlier, step);
      if (own === null || own > UNLIKE * 2) return false;
      const others = before.document.steps.filter(({ id }) => id !== step.id);
      if (others.some((other) => (likeness(other, step) ?? 0) >= ALIKE)) return true;
      // Words that are all new may be a translation: only with the step's place in the cadence they tell.
      const isElsewhere = earlier.channel !== step.channel || isFar(earlier.wait, step.wait);
      return own <= UNLIKE && (isElsewhere || earlier.if !== step.if);
    })
    .map(([, step]) => ({
      rule: "step-reused",
      step: step.id,
      message: `step ${step.id} keeps its id and means another thing`,
      hint: "history, migrations and the funnel follow the id: give the new step an id of its own",
      ...step.source,
      side: "after",
    }));
}

function channelChanged({ before, after }: Pair): Found[] {
  const channels = new Map(expand(before.document).steps.map(({ id, channel }) => [id, channel]));
  return expand(after.document).steps.flatMap(({ id, channel, source }): Found[] => {
    const earlier = channels.get(id);
    if (earlier === undefined || earlier === channel) return [];
    return [
      {
        rule: "channel-changed",
        step: id,
        message: `step ${id} goes by ${channel}, and no longer by ${earlier}`,
        hint: "see that the contacts have such an address, and that its inbox may be used for this",
        ...source,
        side: "after",
      },
    ];
  });
}

function waitShortened(pair: Pair): Found[] {
  return inBoth(pair)
    .filter(([earlier, step]) => isShorter(step.wait, earlier.wait))
    .map(([earlier, step]) => ({
      rule: "wait-shortened",
      step: step.id,
      message: `step ${step.id} comes sooner: ${waitWords({ wait: step.wait })}, no longer ${waitWords({ wait: earlier.wait })}`,
      hint: "those who enroll from now on are written to sooner; who is under way keeps the old wait",
      ...step.source,
      side: "after",
    }));
}

function variableNewlyRequired({ before, after, attributes }: Pair): Found[] {
  const earlier = requiredBy(before, attributes.before);
  return [...requiredBy(after, attributes.after)]
    .filter(([variable]) => !earlier.has(variable))
    .map(([variable, step]) => ({
      rule: "variable-newly-required",
      step: step.id,
      message: `step ${step.id} needs ${variable}, which ${after.id} did without; where it is blank, the message is not sent`,
      hint: `give it a default, or see that whoever enrolls sends it`,
      ...step.source,
      side: "after",
    }));
}

function inBoth({ before, after }: Pick<Pair, "before" | "after">) {
  const earlier = new Map(before.document.steps.map((step) => [step.id, step]));
  return after.document.steps.flatMap((step): [CanonicalStep, CanonicalStep][] => {
    const found = earlier.get(step.id);
    return found === undefined ? [] : [[found, step]];
  });
}

/** The line of the first match, counted from 1; 1 where there is none. */
export function lineOf(text: string, pattern: RegExp): number {
  const at = text.search(pattern);
  return at < 0 ? 1 : text.slice(0, at).split("\n").length;
}
