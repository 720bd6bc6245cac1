import type { TestOutcome, TestRun } from "../../test/outcome.ts";
import { attribute, element } from "../xml.ts";
import { clockOf, eventWords } from "./words.ts";

/**
 * JUnit XML: a sequence is a suite, a scenario a test case.
 * @param prefix from the top of the repository to the workspace
 */
export function junitTests({ outcomes }: TestRun, prefix: string): string {
  const suites = [...Map.groupBy(outcomes, ({ scenario }) => scenario.sequence)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cadenza" ${counts(outcomes)}>`,
    ...suites.flatMap(([sequence, own]) => [
      `  <testsuite ${attribute("name", sequence)} ${counts(own)}>`,
      ...own.map((outcome) => testCase(outcome, prefix)),
      "  </testsuite>",
    ]),
    "</testsuites>",
    "",
  ].join("\n");
}

function counts(outcomes: readonly TestOutcome[]): string {
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length;
  return `tests="${outcomes.length}" failures="${failed}" errors="0" skipped="0"`;
}

function testCase({ scenario, course, failures }: TestOutcome, prefix: string): string {
  const { id, path, sequence } = scenario;
  const file = `${prefix}${path}`;
  const head = `    <testcase ${attribute("classname", `cadenza.${sequence}`)} ${attribute("name", id)} ${attribute("file", file)} time="0"`;
  const [first] = failures;
  if (first === undefined) return `${head}/>`;
  const told = failures.flatMap(({ found, expected, came }) => [
    `${file}:${found.line}:${found.column} ${found.message}`,
    ...(expected === null ? [] : [`expected: ${expected}`]),
    ...(came === null ? [] : [`came: ${came}`]),
  ]);
  const timeline = course.events.map(
    (event) => `${clockOf(event.at, course)} ${eventWords(event)}`,
  );
  const text = [...told, "", `what happened (${course.zone}):`, ...timeline].join("\n");
  const failure = element("failure", { message: first.found.message, type: "scenario" }, text);
  return [`${head}>`, `      ${failure}`, "    </testcase>"].join("\n");
}
