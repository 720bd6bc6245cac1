import {
  compileProgram,
  type Program,
  type Reach,
  type Situation,
} from "../../../core/enrollment/index.ts";
import type { Facts } from "../../../core/facts.ts";
import type { CanonicalDocument, CanonicalStep } from "../../../core/language/document.ts";
import type { Inbox, Policy } from "../../../core/language/policy.ts";
import { loadCalendar } from "../../../core/time/index.ts";

/** A Monday. */
export const NOW = Date.parse("2026-03-02T10:00:00Z");
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const policy: Policy = {
  name: "Test",
  timezone: "UTC",
  zone: "workspace",
  business_days: {
    week: [1, 2, 3, 4, 5],
    holidays: { country: null, region: null, extra: [], working: [] },
  },
  send_hours: null,
  channels: {
    automatic: ["whatsapp", "email", "sms"],
    inboxes: { whatsapp: "wa", email: "mail", sms: "text" },
  },
  frequency_cap: null,
  sender: { name: "Test", address: null },
  approvers: [],
  retire_guard: 3,
  on_blank: "hold",
  consent: "none",
  retention: {},
};

export function inbox(id: string, channel: Inbox["channel"], extra: Partial<Inbox> = {}): Inbox {
  const base = { id, name: id, channel, provider: "outbox", from: id, credentials: {} } as const;
  return { ...base, rate_limit: null, concurrency: 16, on_unknown: "hold", ...extra };
}

export const inboxes = new Map(
  [
    inbox("wa", "whatsapp"),
    inbox("wa2", "whatsapp"),
    inbox("web", "whatsapp", { provider: "whatsapp_web" }),
    inbox("mail", "email"),
    inbox("text", "sms"),
  ].map((one) => [one.id, one]),
);

export const reach: Reach = {
  email: "ana@example.com",
  phone: "+15550100",
  suppressed: [],
  lastInbound: {},
  conversation: null,
  latestOpen: null,
};

export const facts: Facts = {
  contact: {
    id: "c1",
    first_name: "Ana",
    email: "ana@example.com",
    phone: "+15550100",
    language: "en",
  },
  charge: {
    id: "ch1",
    number: "42",
    amount: 120,
    currency: "EUR",
    due_on: "2026-03-10",
    status: "pending",
  },
  workspace: { name: "Test", address: null },
  enrollment: { id: "e1", started_at: "2026-03-02T10:00:00.000Z" },
};

/** Where an enrollment's link leads in tests. */
export const unsubscribeUrl = (enrollmentId: string) => `https://example.com/u/${enrollmentId}`;

export async function situation(
  given: { policy?: Partial<Policy>; facts?: Partial<Facts>; reach?: Partial<Reach> } = {},
): Promise<Situation> {
  const full = { ...policy, ...given.policy };
  return {
    workspace: { policy: full, calendar: await loadCalendar(full), inboxes, unsubscribeUrl },
    facts: { ...facts, ...given.facts },
    reach: { ...reach, ...given.reach },
  };
}

export const approved = {
  id: "notice",
  inbox: "wa",
  name: "notice",
  language: "en",
  category: "utility",
  body: "Hi {{1}}, charge {{2}}.",
} as const;

type GivenStep = Partial<CanonicalStep> & { readonly id: string };

/** A step with defaults: an email text, immediately. */
export function step(given: GivenStep): CanonicalStep {
  const content = { type: "text", subject: "Hello", body: `Step ${given.id}` } as const;
  const source = { file: "sequences/test.yaml", line: 1 };
  return { wait: { kind: "immediately" }, channel: "email", content, source, ...given };
}

export function program(
  steps: readonly CanonicalStep[],
  extra: Partial<CanonicalDocument> = {},
): Program {
  return compileProgram({ format: 1, id: "test", target: "charge", steps, ...extra });
}
