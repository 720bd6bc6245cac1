import type { Refusal } from "../../core/enrollment/index.ts";

/**
 * What a provider's error says, at the send or in a later report:
 * - `retry`: it certainly failed, and may well arrive at another attempt
 * - `rate`: too much at once; the same, after a pause
 * - `bad_address`: nobody is there (a hard bounce)
 * - `ambiguous`: it may have gone out all the same
 *
 * What is not listed failed for good, and says nothing beyond its message.
 */
export type Meaning = Refusal | "retry" | "rate" | "bad_address" | "ambiguous";

type Meanings = { readonly [code: string]: Meaning };

/** Twilio's error codes: https://www.twilio.com/docs/api/errors */
export const TWILIO: Meanings = {
  "14107": "rate",
  "20429": "rate",
  "21610": "opted_out",
  "21655": "template",
  "21656": "template",
  "30001": "retry",
  "30002": "retry",
  "30003": "retry",
  "30017": "retry",
  "30022": "rate",
  "63016": "outside_window",
  "63018": "rate",
  "63027": "template",
  "63028": "template",
  "63040": "template",
  "63041": "template",
  "63042": "template",
};

/** The Cloud API's: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes */
export const META: Meanings = {
  "4": "rate",
  "80007": "rate",
  "130429": "rate",
  "131000": "ambiguous",
  "131016": "retry",
  "131047": "outside_window",
  "131048": "rate",
  "131049": "rate",
  "131050": "opted_out_of_marketing",
  "131056": "rate",
  "132000": "template",
  "132001": "template",
  "132005": "template",
  "132007": "template",
  "132012": "template",
  "132015": "template",
  "132016": "template",
};

/** Whether a later report of a failure may be followed by another attempt of the same kind. */
export function isPassing(meaning: Meaning | null): boolean {
  return meaning === "retry" || meaning === "rate";
}

/** What a refusal at the send carries on to the engine; nothing for what only concerns the message. */
export function refusalOf(meaning: Meaning | undefined): { means?: Refusal } {
  switch (meaning) {
    case "opted_out":
    case "opted_out_of_marketing":
    case "outside_window":
    case "template":
      return { means: meaning };
    default:
      return {};
  }
}
