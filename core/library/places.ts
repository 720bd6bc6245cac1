/** What a `${…}` stands in, which decides what may be put there. */
type Surroundings =
  | { readonly in: "text" }
  /** Code of the template language: in a string with this quote, or bare. */
  | { readonly in: "code"; readonly quote: '"' | "'" | null };

/** One `${name}` in a text. */
export interface Place {
  readonly name: string;
  /** 0-based offsets into the text, of all of `${name}`. */
  readonly start: number;
  readonly end: number;
  readonly surroundings: Surroundings;
}

/** `R${{ charge.amount }}` is a price and no parameter. */
const TOKEN = /\$\{(?!\{)([^{}]*)\}|\{[{%#]|[}%#]\}|\\[^]|["']/g;

/**
 * Every `${…}` of a text, with what it stands in.
 * @param isCondition the whole text is code
 */
export function placesIn(text: string, isCondition = false): Place[] {
  if (!text.includes("${")) return [];
  const places: Place[] = [];
  let closer: string | null = null;
  let quote: '"' | "'" | null = null;
  for (const { 0: token, 1: name, index } of text.matchAll(TOKEN)) {
    const isCode: boolean = isCondition || (closer !== null && closer !== "#}");
    if (name !== undefined) {
      const surroundings: Surroundings = isCode ? { in: "code", quote } : { in: "text" };
      places.push({ name, start: index, end: index + token.length, surroundings });
    } else if (isCode && (token === '"' || token === "'")) {
      if (quote === null) quote = token;
      else if (quote === token) quote = null;
    } else if (quote === null && !isCondition) {
      if (closer === null && token.startsWith("{")) closer = CLOSERS[token] ?? null;
      else if (token === closer) closer = null;
    }
  }
  return places;
}

const CLOSERS: Readonly<Record<string, string>> = { "{{": "}}", "{%": "%}", "{#": "#}" };

/** A text with its parameters filled in. */
export interface Filled {
  readonly text: string;
  /** The offset in the original text of what stands at this offset here; of a value, its end or its start. */
  origin(offset: number, side: "start" | "end"): number;
}

/** Puts values in their places; a place without one stays as it is. Values are data: see `read-value.ts`. */
export function fill(
  text: string,
  places: readonly Place[],
  values: ReadonlyMap<string, string>,
): Filled {
  const pieces: { readonly at: number; readonly from: number; readonly place: Place | null }[] = [];
  let filled = "";
  let from = 0;
  for (const place of places) {
    const value = values.get(place.name);
    if (value === undefined) continue;
    pieces.push({ at: filled.length, from, place: null });
    filled += text.slice(from, place.start);
    pieces.push({ at: filled.length, from: place.start, place });
    filled += written(value, place.surroundings);
    from = place.end;
  }
  pieces.push({ at: filled.length, from, place: null });
  const origin: Filled["origin"] = (offset, side) => {
    // A range's end lies behind its last character.
    const character = side === "end" ? Math.max(0, offset - 1) : offset;
    const piece = pieces.findLast(({ at }) => at <= character);
    if (piece === undefined) return offset;
    if (piece.place !== null) return side === "end" ? piece.place.end : piece.place.start;
    return piece.from + (offset - piece.at);
  };
  return { text: filled + text.slice(from), origin };
}

/** In a string of code, the quote in a name such as O'Neill's does not end it. */
function written(value: string, surroundings: Surroundings): string {
  if (surroundings.in === "text" || surroundings.quote === null) return value;
  const { quote } = surroundings;
  return value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`);
}
