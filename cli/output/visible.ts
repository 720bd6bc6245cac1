/**
 * A text that cannot steer the reader's display: control characters and those that turn the direction
 * of writing are shown as a mark.
 */
export function visible(text: string): string {
  return text.toWellFormed().replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\uFFFD");
}
