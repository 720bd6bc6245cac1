const NAME = /^[A-Za-z_]\w*$/;
const NUMBER = /^\d+$/;

/** Names that lead out of data and into the language that this is written in. */
const FORBIDDEN = /^(?:constructor|prototype|__\w*)$/;

export function isName(word: string): boolean {
  return NAME.test(word);
}

/** Digits only: the dialect has neither exponents nor other bases. */
export function isNumber(word: string): boolean {
  return NUMBER.test(word);
}

export function isForbidden(name: string): boolean {
  return FORBIDDEN.test(name);
}
