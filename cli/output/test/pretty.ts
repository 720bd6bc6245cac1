import type { SourceFile } from "../../../core/language/index.ts";
import { formatPretty, type FindingStyle } from "../../../core/language/frame.ts";
import { totalOf, type TestFailure, type TestOutcome, type TestRun } from "../../test/outcome.ts";
import { paint } from "../paint.ts";
import { aroundChanges, isChange, lineDiff } from "../plan/line-diff.ts";
import { visible, visibleLine } from "../visible.ts";
import { count } from "../words.ts";
import { clockOf, eventWords, wayWords } from "./words.ts";

/** The tests as people read them: a line for each that passes, all that helps for one that fails. */
export function prettyTests(
  run: TestRun,
  files: readonly SourceFile[],
  styled: FindingStyle,
): string {
  const style = paint(styled.color);
  const lines = run.outcomes.map((outcome) =>
    outcome.failures.length === 0
      ? `${style.green("✓")} ${nameOf(outcome)}${told(outcome)}`
      : failedOf(outcome, files, styled),
  );
  const obsolete = run.obsolete.map((path) =>
    style.yellow(
      run.removed ? `removed ${visible(path)}` : `obsolete, no test has it: ${visible(path)}`,
    ),
  );
  return [...lines, ...obsolete, ...coverageOf(run)].map((line) => `${line}\n`).join("");
}

/** `12 tests: 11 passed, 1 failed, in 80 ms`. */
export function summaryOf({ outcomes, obsolete, removed, milliseconds }: TestRun): string {
  if (outcomes.length === 0 && obsolete.length === 0) {
    return "there are no tests yet: a file with `kind: SequenceTest` is one (docs/guide.md shows it)";
  }
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  const written = outcomes.filter(({ snapshot }) => /^(written|updated)$/.test(snapshot)).length;
  const tests = count(outcomes.length, "test");
  const parts = [
    `${outcomes.length - failed} passed`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(written === 0 ? [] : [`${count(written, "snapshot")} written`]),
    ...(obsolete.length === 0 || removed
      ? []
      : [`${obsolete.length} obsolete (cadenza test --update removes them)`]),
  ];
  return `${tests}: ${parts.join(", ")}, in ${Math.round(milliseconds)} ms`;
}

function nameOf({ scenario: { id, sequence, name } }: TestOutcome): string {
  return visibleLine(`${sequence} › ${id}${name === id ? "" : `: ${name}`}`);
}

function told({ snapshot }: TestOutcome): string {
  return snapshot === "written" || snapshot === "updated" ? ` (snapshot ${snapshot})` : "";
}

function failedOf(
  outcome: TestOutcome,
  files: readonly SourceFile[],
  styled: FindingStyle,
): string {
  const style = paint(styled.color);
  const { course, failures } = outcome;
  const frames = failures.map((failure) => {
    const frame = formatPretty([failure.found], files, styled);
    return [frame, ...comparison(failure, styled.color)].join("\n");
  });
  const width = Math.max(0, ...course.events.map(({ at }) => clockOf(at, course).length));
  const timeline = [
    `${clockOf(course.start, course).padEnd(width)}  enrolled`,
    ...course.events.map(
      (event) => `${clockOf(event.at, course).padEnd(width)}  ${visibleLine(eventWords(event))}`,
    ),
  ];
  return [
    `${style.red("✗")} ${style.bold(nameOf(outcome))}`,
    ...indent(frames.join("\n\n")),
    "",
    `  ${style.dim(`what happened (${course.zone})`)}`,
    ...timeline.map((line) => `    ${line}`),
    "",
  ].join("\n");
}

/** What was expected and what came, where a line alone does not say it. */
function comparison({ expected, came }: TestFailure, color: boolean): string[] {
  if (expected === null || came === null) return [];
  // The finding itself says both where they are short.
  if (!`${expected}${came}`.includes("\n") && expected.length + came.length < 60) return [];
  const style = paint(color);
  const lines = lineDiff(expected, came);
  return [
    `    ${style.red("- expected")}  ${style.green("+ came")}`,
    ...(lines.length > MOST_LINES ? aroundChanges(lines) : lines).map((line) => {
      const shown = `    ${visible(line)}`.trimEnd();
      if (!isChange(line)) return shown;
      return line.startsWith("+") ? style.green(shown) : style.red(shown);
    }),
  ];
}

/** A longer comparison is told around its changes only. */
const MOST_LINES = 12;

function coverageOf({ coverage }: TestRun): string[] {
  if (coverage === null) return [];
  const { reached, total, percent } = totalOf(coverage);
  return [
    "",
    `coverage: ${reached} of ${total} ways, ${percent} %`,
    ...coverage.flatMap(({ sequence, ways, reached: own, total: all }) => [
      `  ${visible(sequence)}: ${own} of ${all}`,
      ...ways.flatMap((way) => (way.reached ? [] : [`    no scenario: ${wayWords(way)}`])),
    ]),
  ];
}

function indent(text: string): string[] {
  return text.split("\n").map((line) => (line === "" ? "" : `  ${line}`));
}
