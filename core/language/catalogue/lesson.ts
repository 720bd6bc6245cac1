import type { Severity } from "../diagnostic.ts";

/** One rule as it is taught. */
export interface Lesson {
  readonly severity: Severity;
  /** Why it is a rule, in one line. */
  readonly reason: string;
  /** The same in a few plain sentences, for whoever has just broken it. */
  readonly why: string;
  readonly shown: Example | Advice;
  /** The command that tells it, where `validate` cannot know. */
  readonly by?: "plan" | "preview" | "test";
}

/**
 * Files of a workspace that break the rule, and the same files mended. One file is written as it is,
 * several behind lines such as `--- # inboxes/text.yaml`.
 */
export interface Example {
  readonly wrong: string;
  readonly right: string;
  /** What the branch holds before the change, for rules about changes. */
  readonly before?: string;
}

/** What to do, where no short file shows it. */
interface Advice {
  readonly mend: string;
}

/** A lesson in markdown. */
export function pageOf(id: string, { why, shown, by, severity }: Lesson): string {
  const parts = [why.trim()];
  if ("mend" in shown) parts.push(shown.mend.trim());
  else {
    if (shown.before !== undefined) parts.push("On the branch:", fenced(shown.before));
    parts.push("Wrong:", fenced(shown.wrong), "Right:", fenced(shown.right));
  }
  if (by !== undefined) parts.push(`\`cadenza ${by}\` tells this one.`);
  if (severity === "warning" && by === undefined) parts.push(settable(id));
  return `${parts.join("\n\n")}\n`;
}

/** How a team that sees it otherwise says so. */
function settable(id: string): string {
  const set = `It is a warning: \`lint: { ${id}: off }\` in \`cadenza.yaml\` turns it off, \`error\` makes it one`;
  // What is said of exceptions has none.
  return id.startsWith("ignore-")
    ? `${set}.`
    : `${set}, and a comment \`# cadenza-ignore ${id}: <reason>\` makes an exception.`;
}

function fenced(text: string): string {
  return `\`\`\`yaml\n${text.trim()}\n\`\`\``;
}
