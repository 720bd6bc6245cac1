/** Where a mail stops to be the sender's own words: a quote, a forwarded head, a signature. */
const ENDS = [
  /^\s*>/,
  /^\s*(?:on|am|le|el|em|il|op|w dniu)\b.{0,200}\b(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|napisał)\b.{0,100}:\s*$/i,
  /^\s*-{2,}\s*(?:original message|mensagem original|mensaje original|message d'origine|ursprüngliche nachricht|messaggio originale|forwarded message)/i,
  /^\s*_{8,}\s*$/,
  /^\s*\*?(?:from|de|von|da|van)\s?:\*?\s.+@/i,
  /^-- ?$/,
  /^\s*(?:sent from my|enviado (?:do|desde|de) m(?:eu|i)|envoyé de mon|von meinem .* gesendet|get outlook for)\b/i,
];

/** The words that a mail adds to what it answers. */
export function newWords(text: string): string {
  const lines = text.slice(0, LOOKED_AT).split(/\r?\n/);
  const end = lines.findIndex((line, index) => {
    // Mail programs wrap the line that leads a quote in.
    const joined = `${line} ${lines[index + 1] ?? ""}`.slice(0, 400);
    return ENDS.some(
      (pattern) =>
        pattern.test(line.slice(0, 400)) || (pattern === ENDS[1] && pattern.test(joined)),
    );
  });
  return (end === -1 ? lines : lines.slice(0, end)).join("\n").trim();
}

const LOOKED_AT = 20_000;
