const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Not `tomorrow`: 26 hours from late in the evening is the day after.
const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });

/** How far an instant is from now, in words: `in 3 days`, `2 minutes ago`. @param now epoch ms */
export function fromNow(instant: Date, now: number): string {
  const distance = instant.getTime() - now;
  if (Math.abs(distance) < MINUTE) return distance > 0 ? "in a moment" : "just now";
  const minutes = Math.round(distance / MINUTE);
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  const hours = Math.round(distance / HOUR);
  if (Math.abs(hours) < 24) return relative.format(hours, "hour");
  return relative.format(Math.round(distance / DAY), "day");
}

/** An instant on the clock of a zone: `Mon 2 Mar 2026, 10:00`. */
export function onClock(instant: Date, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  }).format(instant);
}

/** Text cut to a length, at a word's end where one is near. */
export function excerpt(text: string, length: number): string {
  const flat = text.replace(/\s+/g, " ").trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(0, length);
  const space = cut.lastIndexOf(" ");
  const kept = cut.slice(0, space > length / 2 ? space : length).trimEnd();
  return /[.!?]$/.test(kept) ? `${kept} …` : `${kept}…`;
}
