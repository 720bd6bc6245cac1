import type { Diagnostic } from "../../../core/language/diagnostic.ts";
import { codeCell, escapeMarkdown } from "../markdown.ts";
import { tell, type Report } from "./report.ts";

/** A comment holds 65,536 characters on GitHub, and a job's summary a megabyte. */
const LONGEST = 60_000;

/** The findings as a table, for a comment or a job's summary. */
export function formatMarkdown({ diagnostics, summary, prefix }: Report): string {
  const mark = summary.errors > 0 ? "❌" : summary.warnings > 0 ? "⚠️" : "✅";
  const head = `### ${mark} Cadenza: ${tell(summary)}\n`;
  if (diagnostics.length === 0) return head;
  const rows: string[] = [];
  let length = head.length;
  for (const found of diagnostics) {
    const row = rowOf(found, prefix);
    length += row.length + 1;
    if (length > LONGEST) break;
    rows.push(row);
  }
  const hidden = diagnostics.length - rows.length;
  const rest = hidden > 0 ? [`\n${hidden} more: run \`cadenza validate\` to see them all.`] : [];
  return [head, "| | Where | What |", "|---|---|---|", ...rows, ...rest, ""].join("\n");
}

function rowOf(found: Diagnostic, prefix: string): string {
  const { severity, file, line, column, message, hint, rule } = found;
  const where = codeCell(`${prefix}${file}:${line}:${column}`);
  const advice = hint === undefined ? "" : `<br>→ ${escapeMarkdown(hint)}`;
  const mark = severity === "error" ? "❌" : "⚠️";
  return `| ${mark} | ${where} | ${escapeMarkdown(message)} ${codeCell(rule)}${advice} |`;
}
