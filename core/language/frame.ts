import type { Diagnostic } from "./diagnostic.ts";
import type { SourceFile } from "./source.ts";

/** Lines shown above the one at fault. */
const CONTEXT = 1;
const WIDEST = 120;

/**
 * Findings as people read them: place, message, the lines in question with a mark, and what to do.
 * @param files where the lines come from; a finding in another file is shown without them
 */
export function formatPretty(
  diagnostics: readonly Diagnostic[],
  files: readonly SourceFile[],
  { color }: { readonly color: boolean },
): string {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const style = styles(color);
  return diagnostics.map((found) => formatOne(found, texts.get(found.file), style)).join("\n\n");
}

type Style = ReturnType<typeof styles>;

function formatOne(found: Diagnostic, text: string | undefined, style: Style): string {
  const { file, line, column, severity, message, rule, hint } = found;
  const paint = severity === "error" ? style.red : style.yellow;
  const place = style.bold(`${file}:${line}:${column}`);
  const head = `${place} ${paint(severity)} ${message} ${style.dim(`(${rule})`)}`;
  // A literal secret must not be copied into a log.
  const frame =
    text === undefined || rule === "literal-secret" ? [] : frameOf(found, text, paint, style);
  return [head, ...frame, ...(hint === undefined ? [] : [`  ${style.dim("→")} ${hint}`])].join(
    "\n",
  );
}

function frameOf(
  { line, column, endLine, endColumn }: Diagnostic,
  text: string,
  paint: (text: string) => string,
  style: Style,
): string[] {
  const lines = text.split("\n");
  const width = String(line).length;
  const gutter = (label: string) => style.dim(`${label.padStart(width + 2)} │ `);
  const shown: string[] = [];
  for (let number = Math.max(1, line - CONTEXT); number <= line; number++) {
    shown.push(`${gutter(String(number))}${printable(lines[number - 1] ?? "")}`.trimEnd());
  }
  const own = lines[line - 1] ?? "";
  if (column > WIDEST) return shown;
  const end = endLine === line ? endColumn : own.length + 1;
  const length = Math.max(1, Math.min(end, WIDEST) - column);
  return [...shown, `${gutter("")}${" ".repeat(column - 1)}${paint("^".repeat(length))}`];
}

/** A hostile line must not reach the terminal as it is. */
function printable(line: string): string {
  const cut = line.length > WIDEST ? `${line.slice(0, WIDEST)}…` : line;
  return cut.replaceAll("\t", " ").replace(/\p{Cc}/gu, "�");
}

function styles(color: boolean) {
  const style = (on: number, off: number) => (text: string) =>
    color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), yellow: style(33, 39) };
}
