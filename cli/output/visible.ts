/**
 * A text that cannot steer the reader's display: control characters and those that turn the direction
 * of writing are shown as a mark.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\uFFFD");
}

/** {@link visible}, and on one line: a name must not begin a line of its own, which a log may take for a command. */
export function visibleLine(text: string): string {
  return visible(text).replace(/\s+/g, " ");
}
