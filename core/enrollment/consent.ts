import { lookup, type Facts } from "../facts.ts";
import type { Channel } from "../language/document.ts";
import type { Program } from "./program.ts";
import type { Workspace } from "./types.ts";

const CHANNELS: readonly Channel[] = ["email", "sms", "whatsapp"];

/**
 * The channels that a marketing sequence may not use, where the workspace asks for consent. A contact gives
 * it by the custom attribute `marketing_consent`: `true`, or a list of channels.
 */
export function withoutConsent(
  { sequence }: Program,
  { policy }: Workspace,
  facts: Facts,
): readonly Channel[] {
  if (sequence.purpose !== "marketing" || policy.consent !== "required") return [];
  const given = lookup(facts, "contact.custom.marketing_consent");
  if (given === true) return [];
  return CHANNELS.filter((channel) => !(Array.isArray(given) && given.includes(channel)));
}
