import { isoIn } from "../../../core/preview/instants.ts";
import { totalOf, type TestOutcome, type TestRun } from "../../test/outcome.ts";

/** A run for scripts: each test with what was sent, what happened, and how it failed. */
export function jsonTests(run: TestRun) {
  const { outcomes, obsolete, removed, coverage } = run;
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  const count = (state: string) => outcomes.filter(({ snapshot }) => snapshot === state).length;
  return {
    tests: outcomes.map(jsonTest),
    snapshots: { written: count("written"), updated: count("updated"), obsolete, removed },
    ...(coverage === null ? {} : { coverage: { ...totalOf(coverage), sequences: coverage } }),
    summary: { tests: outcomes.length, passed: outcomes.length - failed, failed },
  };
}

function jsonTest({ scenario, course, failures, snapshot }: TestOutcome) {
  const { id, name, sequence, path: file } = scenario;
  const { zone, state, reason } = course;
  return {
    id,
    name,
    sequence,
    file,
    passed: failures.length === 0,
    failures: failures.map(({ found, expected, came }) => {
      const { rule: _, severity: __, ...place } = found;
      return { ...place, expected, actual: came };
    }),
    start: isoIn(course.start, zone),
    zone,
    messages: course.messages.map(({ step, at, message }) => {
      const { channel, inbox, reason: why, subject, text, template } = message;
      return { step, at: isoIn(at, zone), channel, inbox, reason: why, subject, text, template };
    }),
    state,
    reason,
    timeline: course.events.map(({ at, kind, step, detail }) => {
      return { at: isoIn(at, zone), event: kind, step, detail };
    }),
    snapshot,
  };
}
