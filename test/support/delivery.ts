import type { Delivery } from "../../runtime/channels/channel.ts";
import type { Inbox } from "../../core/language/policy.ts";
import { inbox } from "../core/enrollment/fixtures.ts";

/** A mail to Ana from the inbox `mail`. */
export function delivery(given: Partial<Delivery> = {}): Delivery {
  return {
    id: "019cadfd-8900-7000-80f9-2235e1e31ed6",
    enrollment: "019cadfd-8900-7000-80f9-000000000001",
    sequence: "welcome",
    version: 3,
    step: "hello",
    inbox: mailbox(),
    channel: "email",
    to: "ana@example.com",
    conversation: null,
    reason: "the step asks for email",
    subject: "Hello Ana",
    text: "Hi Ana,\n\nwelcome.",
    html: null,
    template: null,
    buttons: [],
    attachments: [],
    thread: [],
    unsubscribe: null,
    due: Date.parse("2026-03-02T10:00:00Z"),
    now: Date.parse("2026-03-02T10:00:00Z"),
    ...given,
  };
}

export function mailbox(given: Partial<Inbox> = {}): Inbox {
  return inbox("mail", "email", { from: "Harbour Street <hello@example.com>", ...given });
}
