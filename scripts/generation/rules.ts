import { ruleNamed, TOPICS, type Rule } from "../../core/language/catalogue/index.ts";

const HEAD = `<!-- Made from core/language/catalogue/ by \`npm run generate\`. Do not edit. -->

# Rules

Every rule that \`cadenza\` holds files, changes and previews against. \`cadenza explain <rule>\` shows
the same on the command line.

An **error** makes a workspace invalid. A **warning** does so under \`--strict\` only, and a team sets
its severity in \`cadenza.yaml\`:

\`\`\`yaml
lint:
  sms-segments: error # or warning, or off
\`\`\`

One exception is a comment with a reason, on the line of the finding or the line above:

\`\`\`yaml
- id: second-call # cadenza-ignore spam-wait: they asked us to call back within the hour
\`\`\`
`;

/** The rule catalogue as a document: an index by topic, then a page for each rule. */
export function generateRules(): string {
  const parts = [HEAD];
  for (const [topic, lessons] of Object.entries(TOPICS)) {
    const rows = Object.keys(lessons).map((id) => {
      const rule = ruleNamed(id)!;
      return `| [\`${id}\`](#${id}) | ${rule.severity} | ${rule.reason} |`;
    });
    parts.push(`## ${topic}\n\n| rule | severity | why |\n|---|---|---|\n${rows.join("\n")}\n`);
    for (const id of Object.keys(lessons)) {
      const { reason, page, severity } = ruleNamed(id)!;
      parts.push(`### ${id}\n\n${mark(severity)} ${reason}\n\n${page}`);
    }
  }
  return parts.join("\n");
}

function mark(severity: Rule["severity"]): string {
  return severity === "error" ? "**Error.**" : "**Warning.**";
}
