import { fingerprints } from "./fingerprint.ts";
import { messageOf, type Report } from "./report.ts";

/**
 * GitLab's code quality report: a list that the merge request shows beside the changed lines.
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function formatGitlab({ diagnostics, prefix }: Report): string {
  const prints = fingerprints(diagnostics, prefix);
  const issues = diagnostics.map((found, index) => ({
    description: messageOf(found),
    check_name: found.rule,
    fingerprint: prints[index],
    severity: found.severity === "error" ? "critical" : "minor",
    location: {
      path: `${prefix}${found.file}`,
      lines: { begin: found.line, end: found.endLine },
    },
  }));
  return `${JSON.stringify(issues, null, 2)}\n`;
}
