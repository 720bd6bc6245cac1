import type { Button, Channel, Compose } from "../../../core/language/document.ts";
import { characterWords } from "../../../core/preview/index.ts";
import type { PreviewedStep } from "../../previews.ts";
import { count } from "../words.ts";

/** What a page says that shows no preview. */
export const NOTHING = "Nothing to preview: no sequence is created or changed.";

/** A channel's own name. */
export function channelWords(channel: Channel): string {
  return { email: "Email", sms: "SMS", whatsapp: "WhatsApp" }[channel];
}

/** Who writes a message that is not static. */
export function composeWords(compose: Compose): string {
  switch (compose) {
    case "static":
      return "";
    case "ai_assisted":
      return "drafted by AI, approved by a person; this is the static text, used as the fallback";
    case "ai_full":
      return "written and sent by AI; this is the static text, used as the fallback";
  }
}

/** `2 segments, UCS-2 because of "ç", "ã"`. */
export function smsWords({ segments, sms }: Pick<PreviewedStep, "segments" | "sms">): string {
  if (segments === null || sms === null) return "";
  const length = count(segments, "segment");
  if (sms.forced_by.length === 0) return `${length}, ${sms.encoding}`;
  const shown = sms.forced_by.slice(0, MOST_SHOWN).map(characterWords).join(", ");
  const more = sms.forced_by.length - MOST_SHOWN;
  return `${length}, ${sms.encoding} because of ${shown}${more > 0 ? ` and ${more} more` : ""}`;
}

const MOST_SHOWN = 8;

/** `Pay now → https://…`, `Yes (reply)`. */
export function buttonWords({ text, url, reply }: Button): string {
  if (url !== undefined) return `${text} → ${url}`;
  return reply === undefined ? text : `${text} (reply)`;
}
