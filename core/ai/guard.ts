/** What a model's text is held to. */
interface GuardRails {
  /** What a person wrote for this step: the model may say it in other words, but not lead elsewhere. */
  readonly staticText: string;
  readonly maxCharacters: number;
  readonly required: readonly string[];
  readonly forbidden: readonly string[];
}

/**
 * Holds a model's text to its guard rails. It is a stranger's text: the contact's own data may have told
 * the model what to write.
 * @returns the first rule that it breaks, as a sentence for people; null when it may be sent
 */
export function breachOf(text: string, rails: GuardRails): string | null {
  const { staticText, maxCharacters, required, forbidden } = rails;
  if (text.trim() === "") return "it says nothing";
  if (text.length > maxCharacters) return `it is longer than ${maxCharacters} characters`;
  if (CONTROL.test(text)) return "it holds control or invisible characters";
  if (MARKUP.test(text)) return "it holds markup or template syntax";
  const folded = fold(text);
  const missing = required.find((phrase) => !folded.includes(fold(phrase)));
  if (missing !== undefined) return `it does not say "${missing}"`;
  const said = forbidden.find((phrase) => folded.includes(fold(phrase)));
  if (said !== undefined) return `it says "${said}"`;
  if (RUDE.test(folded)) return "it is rude";
  if (TELLTALE.test(folded)) return "it speaks of its instructions";
  const links = new Set(linksOf(staticText));
  const link = linksOf(text).find((one) => !links.has(one));
  if (link !== undefined)
    return `it links to ${link.slice(0, 100)}, which the step's text does not`;
  const numbers = digitsOf(staticText);
  const number = phonesOf(text).find((one) => !numbers.includes(one.replace(/\D/g, "")));
  if (number !== undefined)
    return `it names the number ${number.trim()}, which the step's text does not`;
  return foreign(text, staticText);
}

/** Control characters but for a line's end and a tab; and what hides or turns text around. */
const CONTROL = /(?![\n\t])[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const MARKUP = /\{\{|\{%|```|<\/?[a-z!]|\]\(/i;

/** Nobody is insulted in a company's name, in the languages that most of its messages are in. */
const RUDE =
  /\b(?:idiot|idiota|stupid|moron|imbecil|imbécil|estupido|estúpido|dumb|loser|scum|fuck\w*|shit\w*|bitch|asshole|bastard|caralho|porra|merda|otario|otário|puta|mierda|pendejo|gilipollas|arschloch|scheisse|scheiße|connard|putain|merde|stronzo|cazzo)\b/u;
const TELLTALE =
  /\b(?:system prompt|my instructions|previous instructions|as an ai|language model|i cannot help with|i can't help with)\b/;

function fold(text: string): string {
  return text.toLowerCase().replace(/[‘’]/g, "'").replace(/\s+/g, " ");
}

/** Addresses with a scheme, e-mail addresses, and bare names of hosts, which programs make links of. */
const LINK =
  /[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+|[^\s<>"@]+@[^\s<>"@]+\.[a-z]{2,}|(?<![\w@.])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#][^\s<>"]*)?(?![\w@])/giu;

/** No word is so long; the expressions look at a word at a time, so that none of them takes long. */
const LONGEST_WORD = 1_000;

function linksOf(text: string): string[] {
  return text
    .split(/[\s<>"]+/)
    .flatMap((word) => (word.length > LONGEST_WORD ? [word] : (word.match(LINK) ?? [])))
    .map((link) => link.replace(/[.,;:!?)\]'»”]+$/u, "").replace(/\/$/, ""));
}

const PHONE = /\+?\d[\d\s().-]{6,}\d/g;

function phonesOf(text: string): string[] {
  const words = text.split(/(?=\s)/).map((word) => word.replace(LINK, " "));
  return (words.join("").match(PHONE) ?? []).filter((one) => one.replace(/\D/g, "").length >= 8);
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, "");
}

const SCRIPTS = ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Han", "Devanagari", "Thai"].map(
  (name) => ({ name, letters: new RegExp(`\\p{Script=${name}}`, "gu") }),
);
/** Words that nearly every sentence of a language has, and few of another. */
const COMMON: { readonly [language: string]: RegExp } = {
  English: /\b(?:the|and|you|your|is|are|for|with|this|have|please|we|to)\b/g,
  Portuguese: /\b(?:que|você|voce|não|nao|uma|um|para|com|sua|seu|está|do|da|os|é)\b/gu,
  Spanish: /\b(?:que|usted|una|el|los|las|para|con|su|está|del|por|y|es)\b/gu,
  German: /\b(?:der|die|das|und|sie|ihr|ihre|ist|nicht|für|mit|ein|eine|wir|bitte)\b/gu,
  French: /\b(?:le|les|des|vous|votre|est|pas|pour|avec|une|nous|et|du|je)\b/gu,
  Italian: /\b(?:il|che|di|per|con|una|suo|sua|è|non|gli|della|si)\b/gu,
};
/** Too few of them say nothing. */
const ENOUGH = 4;

/** The text must be in the language of the static one, as far as both are clear. */
function foreign(text: string, staticText: string): string | null {
  const [script, expected] = [scriptOf(text), scriptOf(staticText)];
  if (script !== null && expected !== null && script !== expected) {
    return `it is written in ${script} letters, and the step's text in ${expected}`;
  }
  const [is, shouldBe] = [languageOf(text), languageOf(staticText)];
  if (is === null || shouldBe === null || is === shouldBe) return null;
  return `it is in ${is}, and the step's text in ${shouldBe}`;
}

function scriptOf(text: string): string | null {
  const counted = SCRIPTS.map(({ name, letters }) => ({
    name,
    count: text.match(letters)?.length ?? 0,
  })).toSorted((a, b) => b.count - a.count);
  return counted[0] !== undefined && counted[0].count > 10 ? counted[0].name : null;
}

/** The language that is clearly ahead of the next; null when none is. */
function languageOf(text: string): string | null {
  const folded = fold(text);
  const [first, second] = Object.entries(COMMON)
    .map(([name, words]) => ({ name, count: folded.match(words)?.length ?? 0 }))
    .toSorted((a, b) => b.count - a.count);
  if (first === undefined || second === undefined) return null;
  return first.count >= ENOUGH && first.count >= 2 * second.count ? first.name : null;
}
