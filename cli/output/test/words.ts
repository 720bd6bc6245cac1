import type { Course, CourseEvent, Way } from "../../../core/scenario/index.ts";
import { isoIn } from "../../../core/preview/instants.ts";

/** `Mon 2026-03-02 09:30`, by the enrollment's own clock; with its offset where that changes meanwhile. */
export function clockOf(instant: number, { zone, start, events }: Course): string {
  const iso = isoIn(instant, zone);
  const day = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: zone }).format(instant);
  const last = isoIn(events.at(-1)?.at ?? start, zone);
  const changes = offsetOf(isoIn(start, zone)) !== offsetOf(last);
  return `${day} ${iso.slice(0, 10)} ${iso.slice(11, 16)}${changes ? ` ${offsetOf(iso)}` : ""}`;
}

function offsetOf(iso: string): string {
  return iso.endsWith("Z") ? "Z" : iso.slice(-6);
}

/** What happened, in one line. */
export function eventWords({ kind, step, detail, message }: CourseEvent): string {
  if (message !== null) return `sent ${step} by ${message.channel} (${message.reason})`;
  const words = [kind.replaceAll("_", " "), ...(step === null ? [] : [step])].join(" ");
  return detail === null ? words : `${words}: ${detail}`;
}

/** A way that a sequence can take. */
export function wayWords({ step, kind, reason }: Way): string {
  switch (kind) {
    case "sent":
      return `${step} sent`;
    case "if_false":
      return `${step} skipped by its condition`;
    case "outside_window":
      return `${step} outside of WhatsApp's window`;
    case "exit":
      return `exit by ${reason}`;
  }
}
