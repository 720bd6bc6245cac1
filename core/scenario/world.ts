import { reachOf, type Conversation, type Reach, type Situation } from "../enrollment/index.ts";
import type { EntityData, Facts, FieldValue } from "../facts.ts";
import type { Channel, TargetType } from "../language/document.ts";
import { fieldType, resolveValue, type PersonaEntity } from "../language/persona.ts";

/** What times in a scenario's data count from, in epoch ms, and whose local clock they mean. */
export interface Origin {
  readonly start: number;
  readonly zone: string;
}

/** A contact and the records about them, while a scenario changes them. */
export class World {
  private readonly first: Situation;
  private readonly target: TargetType;
  private facts: Facts;
  private readonly suppressed = new Set<Channel>();
  private readonly inbound = new Map<string, number>();
  /** A conversation that only came to be by a message of the contact's. */
  private begun: Conversation | null = null;

  constructor(situation: Situation, target: TargetType) {
    this.first = situation;
    this.target = target;
    this.facts = situation.facts;
  }

  get situation(): Situation {
    const known = reachOf(this.facts, this.target);
    const reach: Reach = {
      ...known,
      suppressed: [...this.suppressed],
      lastInbound: { ...known.lastInbound, ...Object.fromEntries(this.inbound) },
      latestOpen: known.latestOpen ?? this.begun,
    };
    return { workspace: this.first.workspace, facts: this.facts, reach };
  }

  /** The status of each record that there is. */
  statuses(): Readonly<Partial<Record<PersonaEntity, unknown>>> {
    const { conversation, deal, appointment, charge } = this.facts;
    return {
      conversation: conversation?.["status"],
      deal: deal?.["status"],
      appointment: appointment?.["status"],
      charge: charge?.["status"],
    };
  }

  set(values: Readonly<Record<string, FieldValue>>, { start, zone }: Origin): void {
    for (const [path, value] of Object.entries(values)) {
      const [entity, ...rest] = path.split(".");
      const field = rest.join(".");
      const type = fieldType(entity as PersonaEntity, field);
      this.put(entity as PersonaEntity, field, resolveValue(value, type, start, zone));
    }
  }

  suppress(channels: readonly Channel[]): void {
    for (const channel of channels) this.suppressed.add(channel);
  }

  /** The inbox that a message of the contact's arrives at; null where nothing says which. */
  inboxOfReply(channel: Channel | null, last: string | null): string | null {
    const { inboxes, policy } = this.first.workspace;
    const own = textOf(this.facts.conversation?.["inbox"]);
    const fits = (inbox: string | null) =>
      inbox !== null && (channel === null || inboxes.get(inbox)?.channel === channel);
    if (fits(last)) return last;
    if (fits(own)) return own;
    return (channel === null ? null : policy.channels.inboxes[channel]) ?? null;
  }

  /** The contact writes to an inbox: its window is open, and their conversation there as well. */
  receive(inbox: string, at: number): void {
    this.inbound.set(inbox, at);
    const { conversation } = this.facts;
    if (textOf(conversation?.["inbox"]) === inbox) {
      this.put("conversation", "last_inbound_at", new Date(at).toISOString());
      this.put("conversation", "status", "open");
    } else {
      this.begun = { id: "conversation", inbox, open: true, subject: null };
    }
  }

  resolve(): void {
    if (this.facts.conversation !== undefined) this.put("conversation", "status", "resolved");
    this.begun = null;
  }

  private put(entity: PersonaEntity, field: string, value: FieldValue): void {
    const { custom = {}, ...fields }: EntityData = this.facts[entity] ?? {};
    const [, key] = field.split("custom.");
    const changed: EntityData =
      key === undefined
        ? { ...merged(fields, field, value), custom }
        : { ...fields, custom: merged(custom, key, value) as typeof custom };
    this.facts = { ...this.facts, [entity]: changed };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Null clears: what is cleared is absent. */
function merged(data: EntityData, key: string, value: FieldValue): EntityData {
  const { [key]: _, ...rest } = data;
  return value === null ? rest : { ...rest, [key]: value };
}
