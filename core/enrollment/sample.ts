import type { Facts } from "../facts.ts";
import type { TargetType } from "../language/document.ts";
import { resolvePersona, type Persona } from "../language/persona.ts";
import { resolveZone } from "../time/index.ts";
import type { Reach, Situation, Workspace } from "./types.ts";

/** What the ids of an enrollment that exists only on paper are made of. */
const SAMPLE = "preview";

/**
 * A persona as a contact whose enrollment begins at `start`: for previews, plans and tests.
 * @param target what the sequence is about
 * @param start epoch ms
 */
export function sampleSituation(
  persona: Persona,
  workspace: Workspace,
  target: TargetType,
  start: number,
): Situation {
  const { policy } = workspace;
  const facts: Facts = {
    ...resolvePersona(persona, start, sampleZone(persona, workspace)),
    workspace: { name: policy.sender.name, address: policy.sender.address },
    enrollment: { id: SAMPLE, started_at: new Date(start).toISOString() },
    unsubscribe_url: workspace.unsubscribeUrl(SAMPLE),
  };
  return { workspace, facts, reach: reachOf(facts, target) };
}

/** The zone that governs a sample enrollment, and that its persona's times of day are meant in. */
export function sampleZone({ contact }: Persona, { policy }: Workspace): string {
  const own = contact["timezone"];
  return resolveZone(policy, typeof own === "string" ? own : null);
}

/** How a sample contact can be reached, as far as its data tells. */
export function reachOf({ contact, conversation }: Facts, target: TargetType): Reach {
  const inbox = textOf(conversation?.["inbox"]);
  const last = textOf(conversation?.["last_inbound_at"]);
  const known =
    conversation && inbox
      ? {
          id: textOf(conversation["id"]) ?? "conversation",
          inbox,
          open: conversation["status"] !== "resolved",
          subject: textOf(conversation["subject"]),
        }
      : null;
  return {
    email: textOf(contact["email"]),
    phone: textOf(contact["phone"]),
    suppressed: [],
    lastInbound: inbox && last ? { [inbox]: Date.parse(last) } : {},
    conversation: target === "conversation" ? known : null,
    latestOpen: known?.open ? known : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
