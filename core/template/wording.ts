/** The first letter large, the rest small. */
export function capitalize(text: string, locale: string): string {
  const [first = ""] = text;
  return first.toLocaleUpperCase(locale) + text.slice(first.length).toLocaleLowerCase(locale);
}

const WORD = /\p{L}[\p{L}\p{M}'’]*/gu;

/** Every word with a large first letter. Words all in capitals become small behind it; a name such as McDonald stays. */
export function title(text: string, locale: string): string {
  return text.replace(WORD, (word) => {
    if (word === word.toLocaleUpperCase(locale)) return capitalize(word, locale);
    const [first = ""] = word;
    return first.toLocaleUpperCase(locale) + word.slice(first.length);
  });
}

export function firstWord(text: string): string {
  return /\S+/.exec(text)?.[0] ?? "";
}

/** Cuts at a word where there is one. The mark counts towards the length, in characters. */
export function truncate(text: string, length: number, mark: string): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const room = Math.max(0, length - Array.from(mark).length);
  const kept = characters.slice(0, room).join("");
  const space = characters[room]?.trim() === "" ? -1 : kept.lastIndexOf(" ");
  return `${(space > 0 ? kept.slice(0, space) : kept).trimEnd()}${mark}`;
}
