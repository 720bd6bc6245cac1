type Paint = (text: string) => string;

/** Terminal styles, or none of them. */
export function paint(color: boolean): Record<"bold" | "dim" | "red" | "green" | "yellow", Paint> {
  const style =
    (on: number, off: number): Paint =>
    (text) =>
      color ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
  };
}
