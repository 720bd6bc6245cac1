/** A piece of a page that may grow too long: what it says whole, and in fewer words. */
export interface Piece {
  /** What is said to be left out where there is no room. */
  readonly name: string;
  /** The longest first; the first that fits is taken. */
  readonly forms: readonly string[];
}

/**
 * Puts pieces together, in their order, as far as there is room. A piece is taken whole or not at all,
 * so that nothing is cut in the middle of a tag or a fence.
 * @param room in characters
 * @param note tells what was left out, or shortened
 */
export function fit(
  pieces: readonly Piece[],
  room: number,
  note: (left: readonly string[]) => string,
): string {
  const taken: string[] = [];
  const left: string[] = [];
  // The note names at most so many, so that its own length is known.
  let rest = room - note(pieces.map(({ name }) => name)).length;
  for (const { name, forms } of pieces) {
    const form = forms.find(({ length }) => length + 2 <= rest);
    if (form !== undefined) {
      taken.push(form);
      rest -= form.length + 2;
    }
    if (form !== forms[0]) left.push(name);
  }
  return [...taken, ...(left.length === 0 ? [] : [note(left)])].join("\n\n");
}
