import { CATALOGUE, ruleNamed, type Rule } from "../../core/language/catalogue/index.ts";
import { didYouMean } from "../../core/did-you-mean.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { paint } from "../output/paint.ts";
import { columns } from "../output/table.ts";

interface ExplainOptions {
  readonly output: "pretty" | "json" | "markdown";
}

/** `cadenza explain [rule]`: what a finding means and how it is mended; without a rule, all of them. */
export function explain(rule: string | undefined, options: ExplainOptions, io: Io): ExitCode {
  if (rule === undefined) list(options, io);
  else show(rule, options, io);
  return EXIT.fine;
}

function list({ output }: ExplainOptions, io: Io): void {
  if (output === "json") printJson(io, CATALOGUE);
  else if (output === "markdown") {
    const lines = (rules: readonly Rule[]) =>
      rules.map(({ id, reason }) => `- \`${id}\`: ${reason}\n`).join("");
    const parts = byTopic().map(([topic, rules]) => `## ${topic}\n\n${lines(rules)}`);
    io.out(parts.join("\n"));
  } else {
    const { bold } = paint(io.color);
    const rows = CATALOGUE.map(({ id, severity, reason }) => [id, severity, reason]);
    // One table, so that the columns are as wide in each topic.
    const lines = columns(rows).trimEnd().split("\n");
    const parts = byTopic().map(([topic, rules]) => {
      return `${bold(topic)}\n${lines.splice(0, rules.length).join("\n")}\n`;
    });
    io.out(parts.join("\n"));
    io.err("\ncadenza explain <rule> tells more\n");
  }
}

function byTopic(): (readonly [string, readonly Rule[]])[] {
  return [...Map.groupBy(CATALOGUE, ({ topic }) => topic)];
}

function show(id: string, { output }: ExplainOptions, io: Io): void {
  const rule = ruleNamed(id);
  if (rule === undefined) {
    const near = didYouMean(
      id,
      CATALOGUE.map((known) => known.id),
    );
    const hint = near ? `did you mean ${near}?` : "cadenza explain lists them";
    throw new UsageError(`there is no rule ${id}; ${hint}`);
  }
  if (output === "json") {
    printJson(io, rule);
    return;
  }
  const { bold, dim, red, yellow } = paint(io.color && output === "pretty");
  const mark = rule.severity === "error" ? red("error") : yellow("warning");
  const head =
    output === "markdown"
      ? `# ${rule.id}\n\n${rule.reason}\n`
      : `${bold(rule.id)} ${dim("(")}${mark}${dim(")")}\n${rule.reason}\n`;
  io.out(`${head}\n${rule.page.trim()}\n`);
}
