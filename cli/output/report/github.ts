import type { Diagnostic, Severity } from "../../../core/language/diagnostic.ts";
import { messageOf, type Report } from "./report.ts";

/** GitHub shows this many annotations of a level in a step, and drops the others without a word. */
const SHOWN = 10;

/**
 * Workflow commands that GitHub turns into annotations of the changed lines. What goes beyond its
 * limit is counted in a notice instead of being lost.
 * @see https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 */
export function formatGithub({ diagnostics, prefix }: Report): string {
  const lines: string[] = [];
  let hidden = 0;
  for (const severity of ["error", "warning"] as const) {
    const all = diagnostics.filter((found) => found.severity === severity);
    lines.push(...all.slice(0, SHOWN).map((found) => annotation(severity, found, prefix)));
    hidden += Math.max(0, all.length - SHOWN);
  }
  if (hidden > 0) {
    const text = `${hidden} more: the summary of this job lists them all, and so does cadenza validate`;
    lines.push(`::notice title=Cadenza::${escapeData(text)}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function annotation(severity: Severity, found: Diagnostic, prefix: string): string {
  const { file, line, column, endLine, endColumn, rule } = found;
  // GitHub places columns only where the finding is of one line.
  const columns = line === endLine ? { col: column, endColumn } : {};
  const properties = Object.entries({
    file: `${prefix}${file}`,
    line,
    endLine,
    ...columns,
    title: rule,
  }).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${severity} ${properties.join(",")}::${escapeData(messageOf(found))}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
