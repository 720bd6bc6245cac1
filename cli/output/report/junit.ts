import type { Diagnostic } from "../../../core/language/diagnostic.ts";
import { attribute, element } from "../xml.ts";
import { messageOf, type Report } from "./report.ts";

/** JUnit XML: a file is a test case, an error in it a failure, a warning is printed beside it. */
export function formatJunit({ diagnostics, files, prefix }: Report): string {
  const byFile = Map.groupBy(diagnostics, ({ file }) => file);
  const names = [...new Set([...files, ...byFile.keys()])].toSorted();
  const cases = names.map((name) => testCase(`${prefix}${name}`, byFile.get(name) ?? []));
  const broken = [...byFile.values()].filter((found) => found.some(isError)).length;
  const counts = `tests="${names.length}" failures="${broken}" errors="0" skipped="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cadenza" ${counts}>`,
    `  <testsuite name="cadenza validate" ${counts}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

function testCase(path: string, found: readonly Diagnostic[]): string {
  const head = `    <testcase classname="cadenza.validate" ${attribute("name", path)} ${attribute("file", path)} time="0"`;
  const errors = found.filter(isError);
  const warnings = found.filter((one) => !isError(one));
  const [first] = errors;
  const parts = [
    ...(first === undefined
      ? []
      : [
          element(
            "failure",
            { message: first.message, type: first.rule },
            errors.map((one) => line(path, one)).join("\n"),
          ),
        ]),
    ...(warnings.length === 0
      ? []
      : [element("system-out", {}, warnings.map((one) => line(path, one)).join("\n"))]),
  ];
  if (parts.length === 0) return `${head}/>`;
  return [`${head}>`, ...parts.map((part) => `      ${part}`), "    </testcase>"].join("\n");
}

function line(path: string, found: Diagnostic): string {
  const { severity, rule } = found;
  return `${path}:${found.line}:${found.column} ${severity} ${messageOf(found)} (${rule})`;
}
