import { Lexer } from "yaml";

/** A part of a YAML text, as the parser takes it apart: white space, a comment, a sign, a text. */
interface Lexeme {
  readonly text: string;
  /** Where it begins. */
  readonly offset: number;
  /** A text without quotes, or the lines below `|` or `>`: whatever it looks like, it is only text. */
  readonly isText: boolean;
}

/** Marks that the lexer adds of its own. */
const TEXT = "\x1f";
const OTHERS: ReadonlySet<string> = new Set(["\x02", "\x18"]);

/** All of a YAML text in order, well-formed or not. */
export function* lexemesOf(source: string): Generator<Lexeme> {
  let offset = 0;
  let isText = false;
  for (const text of new Lexer().lex(source)) {
    if (OTHERS.has(text)) continue;
    if (text === TEXT) {
      isText = true;
      continue;
    }
    yield { text, offset, isText };
    offset += text.length;
    isText = false;
  }
}
