import fc from "fast-check";
import type { CanonicalStep, Channel, Duration, Wait } from "../../core/language/document.ts";
import type { SendHours, Weekday, Window } from "../../core/language/policy.ts";

/** What happens to one enrollment, and when. */
export type Action =
  /** The clock goes on, or steps back. */
  | { readonly kind: "clock"; readonly ms: number }
  | { readonly kind: "pause" | "resume" | "reply" | "migrate" }
  | { readonly kind: "date"; readonly date: string | null }
  | { readonly kind: "policy"; readonly hours: SendHours | null }
  | { readonly kind: "opt_out"; readonly channel: Channel };

export type Answer = "sent" | "retry" | "snooze" | "permanent";

/** Who it is for, as far as it matters; a zone may be one that nobody knows. */
interface Person {
  readonly email: string | null;
  readonly phone: string | null;
  readonly timezone: string | null;
}

/** One random life of an enrollment. Everything in it is plain data. */
export interface Scenario {
  readonly steps: readonly CanonicalStep[];
  readonly zone: string;
  /** Whose zone governs. */
  readonly governs: "workspace" | "contact";
  readonly person: Person;
  readonly week: readonly Weekday[];
  /** Dates, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
  readonly hours: SendHours | null;
  readonly date: string | null;
  readonly paid: boolean;
  readonly start: number;
  readonly actions: readonly Action[];
  /** What the provider answers, one after the other, from the beginning again when they end. */
  readonly answers: readonly Answer[];
}

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export const ZONES = [
  "UTC",
  "America/Sao_Paulo",
  "America/New_York",
  "Europe/Lisbon",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
];

const unit = fc.constantFrom("minute", "hour", "day", "day", "business_day");
const at = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 30, 59))
  .map(([hour, minute]) => `${two(hour)}:${two(minute)}`);
const wait: fc.Arbitrary<Wait> = fc.oneof(
  fc.constant({ kind: "immediately" } as const),
  fc.record({ kind: fc.constant("after" as const), n: fc.integer({ min: 0, max: 9 }), unit }),
  fc.record({
    kind: fc.constant("relative" as const),
    n: fc.integer({ min: 0, max: 9 }),
    unit: fc.constantFrom("day", "business_day"),
    side: fc.constantFrom("before", "on", "after"),
    variable: fc.constant("charge.due_on"),
  }),
);
const expiry: fc.Arbitrary<Duration> = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  unit: fc.constantFrom("hour", "day"),
});
const channel = fc.constantFrom<Channel>("email", "sms");

const step = fc.record({
  wait,
  at: fc.option(at, { nil: undefined, freq: 2 }),
  if_past: fc.constantFrom<("skip" | "send")[]>("skip", "send"),
  expires_after: fc.option(expiry, { nil: undefined }),
  channel,
  isConditional: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  retry: fc.integer({ min: 0, max: 2 }),
  fallback: fc.option(channel, { nil: undefined }),
  then: fc.constantFrom<("continue" | "exit")[]>("continue", "exit"),
});

const steps: fc.Arbitrary<CanonicalStep[]> = fc
  .array(step, { minLength: 1, maxLength: 5 })
  .map((given) =>
    given.map(({ at, isConditional, retry, fallback, then, expires_after, ...rest }, index) => ({
      ...rest,
      id: `s${index}`,
      // A date without a time needs one.
      ...(at === undefined && rest.wait.kind !== "relative" ? {} : { at: at ?? "09:30" }),
      ...(expires_after === undefined ? {} : { expires_after }),
      ...(isConditional ? { if: 'charge.status != "paid"' } : {}),
      on_failure: { retry, channels: fallback === undefined ? [] : [fallback], then },
      content: { type: "text", subject: "s", body: `s${index} of @EDITION` },
      source: { file: "sequences/test.yaml", line: index + 1 },
    })),
  );

const window: fc.Arbitrary<Window> = fc
  .tuple(fc.integer({ min: 0, max: 1_300 }), fc.integer({ min: 30, max: 900 }))
  .map(([from, length]) => ({ from, to: Math.min(1_440, from + length) }));
const windows = fc.option(window, { nil: undefined }).map((one) => (one ? [one] : []));
const hours: fc.Arbitrary<SendHours | null> = fc.option(
  fc
    .tuple(window, windows, windows, fc.constantFrom(null, []))
    .map(([weekdays, saturday, sunday, holidays]) => ({
      days: {
        1: [weekdays],
        2: [weekdays],
        3: [weekdays],
        4: [weekdays],
        5: [weekdays],
        6: saturday,
        7: sunday,
      },
      holidays,
    })),
  { freq: 2 },
);

/** Around the changes of summer time, too. */
const FIRST_DAY = Date.UTC(2026, 1, 20);
const date = fc
  .integer({ min: -3, max: 45 })
  .map((day) => new Date(FIRST_DAY + day * DAY).toISOString().slice(0, 10));
const optionalDate = fc.option(date, { freq: 8 });

const clock: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant("clock" as const),
  ms: fc.oneof(
    fc.integer({ min: 0, max: 3 * DAY }),
    fc.integer({ min: 0, max: 90 * MINUTE }),
    fc.integer({ min: -2 * DAY, max: 0 }),
  ),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: clock },
  { weight: 2, arbitrary: fc.constant({ kind: "pause" } as const) },
  { weight: 2, arbitrary: fc.constant({ kind: "resume" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "migrate" } as const) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("date" as const), date: optionalDate }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("policy" as const), hours }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("opt_out" as const), channel }) },
);

const person: fc.Arbitrary<Person> = fc.record({
  email: fc.option(fc.constant("ana@example.com"), { freq: 8 }),
  phone: fc.option(fc.constant("+15550100"), { freq: 4 }),
  timezone: fc.option(fc.constantFrom(...ZONES, "Mars/Olympus")),
});

// A reply ends it: seldom, and not too early.
const busy: fc.Arbitrary<Action[]> = fc
  .tuple(
    fc.array(action, { maxLength: 14 }),
    fc.integer({ min: 0, max: 4 }).map((n): Action[] => (n === 0 ? [{ kind: "reply" }] : [])),
    fc.array(action, { maxLength: 4 }),
  )
  .map((parts) => parts.flat());

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  steps,
  zone: fc.constantFrom(...ZONES),
  governs: fc.constantFrom("workspace" as const, "contact" as const),
  person,
  holidays: fc.array(date, { maxLength: 6 }),
  week: fc.constantFrom<(readonly Weekday[])[]>([1, 2, 3, 4, 5], [1, 2, 3, 4], [6, 7]),
  hours,
  date: optionalDate,
  paid: fc.boolean(),
  start: fc.integer({ min: 0, max: 45 * 24 * 60 }).map((n) => FIRST_DAY + n * MINUTE),
  actions: fc.oneof(busy, fc.array(clock, { maxLength: 6 })),
  answers: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.constant<Answer>("sent") },
      { weight: 1, arbitrary: fc.constantFrom<Answer[]>("retry", "snooze", "permanent") },
    ),
    { minLength: 1, maxLength: 6 },
  ),
});

function two(n: number): string {
  return String(n).padStart(2, "0");
}
