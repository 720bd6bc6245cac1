import type { Diagnostic } from "./diagnostic.ts";
import type { SourceFile } from "./source.ts";

/** Lines shown above the one at fault. */
const CONTEXT = 1;
const WIDEST = 120;
/** Columns shown before the mark in a line too long to be shown. */
const LEAD = 60;

export interface FindingStyle {
  readonly color: boolean;
  readonly pathOf?: (file: string) => string;
}

/**
 * Findings as people read them: place, message, the lines in question with a mark, and what to do.
 * @param files where the lines come from; a finding in another file is shown without them
 * @param pathOf what a file is called where it is read, so that it can be opened from there
 */
export function formatPretty(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  { color, pathOf = (file) => file }: FindingStyle,
): string {
  const style = styles(color);
  const show = (found: Diagnostic, lines: readonly string[] | null, secret: ReadonlySet<number>) =>
    formatOne({ ...found, file: pathOf(found.file) }, lines, secret, style);
  const sources = new Map(files.map(({ path, text }) => [path, text]));
  const byFile = Map.groupBy(diagnostics, ({ file }) => file);
  const shown = [...byFile].flatMap(([file, here]) => {
    const lines = sources.get(file)?.split(/\r?\n/) ?? null;
    const secret = new Set(here.filter(isSecret).map(({ line }) => line));
    return here.map((found) => show(found, lines, secret));
  });
  return shown.join("\n\n");
}

type Style = ReturnType<typeof styles>;

function isSecret({ rule }: Diagnostic): boolean {
  return rule === "literal-secret";
}

function formatOne(
  found: Diagnostic,
  lines: readonly string[] | null,
  secret: ReadonlySet<number>,
  style: Style,
): string {
  const { file, line, column, severity, message, rule, hint } = found;
  const paint = severity === "error" ? style.red : style.yellow;
  const place = style.bold(`${printable(file)}:${line}:${column}`);
  const head = `${place} ${paint(severity)} ${printable(message)} ${style.dim(`(${rule})`)}`;
  const frame = lines === null ? [] : frameOf(found, lines, secret, paint, style);
  const advice = hint === undefined ? [] : [`  ${style.dim("→")} ${printable(hint)}`];
  return [head, ...frame, ...advice].join("\n");
}

function frameOf(
  { line, column, endLine, endColumn }: Diagnostic,
  lines: readonly string[],
  secret: ReadonlySet<number>,
  paint: (text: string) => string,
  style: Style,
): string[] {
  // A literal secret must not be copied into a log, not even as the line above another finding.
  if (secret.has(line)) return [];
  const width = String(line).length;
  const gutter = (label: string) => style.dim(`${label.padStart(width + 2)} │ `);
  const from = column > WIDEST - LEAD / 2 ? column - LEAD : 0;
  const shown: string[] = [];
  for (let number = Math.max(1, line - CONTEXT); number <= line; number++) {
    if (secret.has(number)) continue;
    const text = windowOf(lines[number - 1] ?? "", from);
    shown.push(`${gutter(String(number))}${printable(text)}`.trimEnd());
  }
  const own = lines[line - 1] ?? "";
  const end = endLine === line ? endColumn : own.length + 1;
  const length = Math.max(1, Math.min(end - from, WIDEST) - (column - from));
  return [...shown, `${gutter("")}${" ".repeat(column - 1 - from)}${paint("^".repeat(length))}`];
}

/** What fits of a line; where the cut is, an ellipsis stands for one character. */
function windowOf(line: string, from: number): string {
  const head = from === 0 ? line.slice(0, WIDEST) : `…${line.slice(from + 1, from + WIDEST)}`;
  return line.length > from + WIDEST ? `${head}…` : head;
}

/** What is hostile in a text must not reach the terminal as it is. */
function printable(text: string): string {
  return text.replaceAll("\t", " ").replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "�");
}

function styles(color: boolean) {
  const style = (on: number, off: number) => (text: string) =>
    color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), yellow: style(33, 39) };
}
