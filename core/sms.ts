/** The alphabet of a GSM-7 text message; the second row takes two places a character. */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = "\f^{}\\[~]|€";
const PLACES = new Map([
  ...Array.from(BASIC, (character) => [character, 1] as const),
  ...Array.from(EXTENDED, (character) => [character, 2] as const),
]);

/** Places in a message that stands alone, and in each segment of a longer one. */
const LIMITS = { "GSM-7": { alone: 160, each: 153 }, "UCS-2": { alone: 70, each: 67 } } as const;

/** How a text travels as SMS. */
export interface SmsLength {
  readonly encoding: "GSM-7" | "UCS-2";
  /** How many messages are billed. */
  readonly segments: number;
  /** Places taken: a GSM-7 character takes one or two, a UCS-2 one as many as its UTF-16 units. */
  readonly units: number;
  /** Places that so many segments have. */
  readonly capacity: number;
  /** Each character that GSM-7 lacks, once: what makes a text UCS-2. */
  readonly forcedBy: readonly string[];
}

/** Counts the segments of an SMS. A character is never cut in two, so a segment may end early. */
export function smsLength(text: string): SmsLength {
  const characters = Array.from(text);
  const forcedBy = [...new Set(characters.filter((character) => !PLACES.has(character)))];
  const encoding = forcedBy.length === 0 ? "GSM-7" : "UCS-2";
  const { alone, each } = LIMITS[encoding];
  const sizes = characters.map((character) =>
    encoding === "GSM-7" ? (PLACES.get(character) ?? 1) : character.length,
  );
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= alone) return { encoding, segments: 1, units, capacity: alone, forcedBy };
  let segments = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > each) {
      segments += 1;
      filled = 0;
    }
    filled += size;
  }
  return { encoding, segments, units, capacity: segments * each, forcedBy };
}
