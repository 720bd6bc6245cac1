import { formatGithub } from "./github.ts";
import { formatGitlab } from "./gitlab.ts";
import { formatJunit } from "./junit.ts";
import { formatMarkdown } from "./markdown.ts";
import type { Report } from "./report.ts";
import { formatSarif } from "./sarif.ts";

export { formatMarkdown } from "./markdown.ts";
export { tell, type Report, type Summary } from "./report.ts";

const FORMATS = {
  sarif: formatSarif,
  junit: formatJunit,
  github: formatGithub,
  gitlab: formatGitlab,
  markdown: formatMarkdown,
} as const;

export type ReportFormat = keyof typeof FORMATS;

/** The report in one of the formats that other tools read. */
export function formatReport(format: ReportFormat, report: Report): string {
  return FORMATS[format](report);
}
