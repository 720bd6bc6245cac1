/** A word as it has to be typed into a shell: nothing in single quotes is expanded. */
export function shellWord(value: string): string {
  return /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
