import type { CanonicalDocument } from "../../core/language/document.ts";
import type { Db } from "../../store/database.ts";
import { UNKNOWN } from "../../store/finish.ts";
import { newId } from "../../store/ids.ts";
import { iso } from "../../store/placement.ts";
import type { EnrollmentState, MessageState } from "../../store/schema.ts";
import { insertContact, publishVersion, startOne, waitingFor } from "./rows.ts";

const HOUR = 3_600_000;
const source = (line: number) => ({ file: "sequences/charge-reminder.yaml", line });

function reminder(version: 1 | 2): CanonicalDocument {
  const help = version === 1 ? "Do you need help?" : "Can we help you with your charge, Ana?";
  return {
    format: 1,
    id: "charge-reminder",
    name: "Charge reminder",
    target: "contact",
    steps: [
      {
        id: "notice",
        wait: { kind: "immediately" },
        channel: "whatsapp",
        content: { type: "text", body: "Hi {{ contact.first_name }}, your charge is due soon." },
        source: source(12),
      },
      {
        id: "help",
        wait: { kind: "after", n: 3, unit: "business_day" },
        at: "09:30",
        channel: "email",
        compose: "ai_assisted",
        ai: { intent: "Offer help with the payment." },
        content: { type: "text", subject: "Your charge", body: help },
        source: source(21),
      },
      ...(version === 1
        ? []
        : [
            {
              id: "last",
              wait: { kind: "after", n: 1, unit: "day" } as const,
              if: 'contact.company != "Harbour Street"',
              channel: "sms" as const,
              content: { type: "text", body: "One last word about your charge." } as const,
              source: source(33),
            },
          ]),
    ],
  };
}

interface Person {
  readonly id: string;
  readonly state: EnrollmentState;
  readonly reason?: string;
  readonly step: string;
  readonly messages: readonly (readonly [step: string, state: MessageState, error?: string])[];
}

const PEOPLE: readonly Person[] = [
  { id: "c-1001", state: "active", step: "help", messages: [["notice", "read"]] },
  { id: "c-1002", state: "exited", reason: "reply", step: "help", messages: [["notice", "read"]] },
  {
    id: "c-1003",
    state: "held",
    reason: "blank: contact.first_name",
    step: "notice",
    messages: [],
  },
  {
    id: "c-1004",
    state: "failed",
    reason: "21211",
    step: "notice",
    messages: [["notice", "failed", "The 'To' number is not a valid phone number"]],
  },
  {
    id: "c-1005",
    state: "held",
    reason: UNKNOWN,
    step: "notice",
    messages: [["notice", "unknown", "no answer within 18 s"]],
  },
  {
    id: "c-1006",
    state: "completed",
    step: "last",
    messages: [
      ["notice", "delivered"],
      ["help", "sent"],
    ],
  },
];

/** What a workspace looks like after some days: a sequence of two versions, people at every point of it, commits. */
export async function furnish(db: Db, now: number): Promise<ReadonlyMap<string, string>> {
  await publishVersion(db, reminder(1), 1, now - 72 * HOUR);
  await publishVersion(db, reminder(2), 2, now - 30 * HOUR);
  const enrollments = new Map<string, string>();
  for (const person of PEOPLE) enrollments.set(person.id, await arrive(db, person, now));
  await reconcile(db, now);
  return enrollments;
}

async function arrive(db: Db, person: Person, now: number): Promise<string> {
  const began = now - 26 * HOUR;
  await insertContact(db, person.id, { phone: "+15550100", email: "x@example.com" }, began);
  const schedule = waitingFor(person.step, began, now + 40 * HOUR);
  const given = { sequence: "charge-reminder", version: 2, contact: person.id, schedule };
  const id = (await startOne(db, given, began))!;
  const isOver = ["exited", "failed", "completed"].includes(person.state);
  const stands = isOver || person.state === "held";
  await db
    .updateTable("enrollments")
    .set({
      state: person.state,
      reason: person.reason ?? null,
      ended_at: isOver ? iso(now - HOUR) : null,
      ...(stands ? { next_due_at: null, expires_at: null } : {}),
    })
    .where("id", "=", id)
    .execute();
  for (const [step, state, error] of person.messages) await say(db, id, step, state, error, began);
  if (person.reason === "reply") {
    await db
      .insertInto("inbound_messages")
      .values({
        id: newId(now),
        inbox_id: "front-desk",
        channel: "whatsapp",
        contact_id: person.id,
        address: "+15550100",
        nature: "human",
        type: "text",
        body: "Paid this morning, thank you!",
        media: "[]",
        provider_id: `wamid.${person.id}`,
        sent_at: iso(now),
        received_at: iso(now),
      })
      .execute();
    await tell(db, id, now, "replied", "notice", {});
    await tell(db, id, now, "exited", "help", { reason: "reply", by: "event" });
  }
  return id;
}

async function say(
  db: Db,
  enrollment: string,
  step: string,
  state: MessageState,
  error: string | undefined,
  at: number,
): Promise<void> {
  const isMail = step === "help";
  const channel = isMail ? "email" : "whatsapp";
  const reason = isMail ? "the step asks for email" : "first choice";
  await db
    .insertInto("messages")
    .values({
      id: newId(at),
      enrollment_id: enrollment,
      step_id: step,
      attempt: 1,
      state,
      channel,
      inbox_id: isMail ? "mail" : "front-desk",
      address: isMail ? "x@example.com" : "+15550100",
      reason,
      subject: isMail ? "Your charge" : null,
      body: isMail ? "Dear Ana, can we help you?" : "Hi Ana, your charge is due soon.",
      error: error ?? null,
      due_at: iso(at),
      created_at: iso(at),
      updated_at: iso(at),
      sent_at: error === undefined ? iso(at) : null,
    })
    .execute();
  const code = error === undefined ? {} : { code: "21211", error };
  const type = { failed: "attempt_failed", unknown: "unknown" }[state as string] ?? "sent";
  await tell(db, enrollment, at, type, step, { channel, inbox: "front-desk", reason, ...code });
  if (!isMail) return;
  await db
    .insertInto("drafts")
    .values({
      id: newId(at),
      enrollment_id: enrollment,
      step_id: step,
      attempt: 1,
      state: "ready",
      compose: "ai_assisted",
      channel: "email",
      inbox_id: "mail",
      address: "x@example.com",
      static_subject: "Your charge",
      static_body: "Can we help you with your charge, Ana?",
      body: "Dear Ana, can we help you?",
      model: "writer",
      prompt: JSON.stringify([{ role: "system", content: "You write one e-mail’s text." }]),
      prompt_tokens: 310,
      completion_tokens: 22,
      cost: 0.000_995,
      due_at: iso(at),
      expires_at: iso(at + 48 * HOUR),
      created_at: iso(at),
      decided_at: iso(at + HOUR),
      decided_by: "Front desk",
      edited: true,
    })
    .execute();
}

async function tell(
  db: Db,
  enrollment: string,
  at: number,
  type: string,
  step: string,
  data: object,
): Promise<void> {
  const entry = { enrollment_id: enrollment, at: iso(at), type, step_id: step };
  await db
    .insertInto("history")
    .values({ ...entry, data: JSON.stringify(data) })
    .execute();
}

async function reconcile(db: Db, now: number): Promise<void> {
  const nothing = { versions: [], retired: [], attributes: [] };
  const published = { sequence: "charge-reminder", version: 2, from: 1 };
  const finding = {
    rule: "unknown-variable",
    severity: "error",
    file: "sequences/charge-reminder.yaml",
    line: 14,
    column: 22,
    endLine: 14,
    endColumn: 41,
    message: "there is no contact.firstname",
    hint: "did you mean contact.first_name?",
  };
  const commits = [
    { outcome: "applied", changes: { ...nothing, versions: [published] }, diagnostics: [] },
    { outcome: "failed", changes: nothing, diagnostics: [finding] },
  ] as const;
  for (const [index, { outcome, changes, diagnostics }] of commits.entries()) {
    const at = iso(now - (30 - index * 20) * HOUR);
    await db
      .insertInto("reconciliations")
      .values({
        id: newId(now + index),
        commit_sha: String(index + 1).repeat(40),
        author: "A. Writer <writer@example.com>",
        subject: index === 0 ? "Offer help in kinder words" : "Call people by their name",
        started_at: at,
        finished_at: at,
        outcome,
        changes: JSON.stringify(changes),
        diagnostics: JSON.stringify(diagnostics),
      })
      .execute();
  }
}
