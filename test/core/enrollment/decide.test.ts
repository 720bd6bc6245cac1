import { describe, expect, test } from "vitest";
import { decide, type Position } from "../../../core/enrollment/index.ts";
import type { FieldValue } from "../../../core/facts.ts";
import type { CanonicalDocument, CanonicalStep } from "../../../core/language/document.ts";
import { approved, DAY, facts, HOUR, NOW, program, situation, step } from "./fixtures.ts";

const position: Position = {
  step: "a",
  base: NOW - DAY,
  due: NOW,
  expires: NOW + DAY,
  attempt: 1,
  failedChannels: [],
};
type Given = Parameters<typeof situation>[0];

async function decided(
  given: Partial<CanonicalStep>,
  world: Given = {},
  where: Partial<Position> = {},
  extra: Partial<CanonicalDocument> = {},
) {
  const compiled = program([step({ id: "a", ...given })], extra);
  return decide(compiled, { ...position, ...where }, await situation(world), NOW);
}

test("a due step is sent, in full", async () => {
  const content = {
    type: "text",
    subject: "Charge {{ charge.number }}",
    body: "Hi {{ contact.first_name }} & co\n\nBye",
  } as const;
  expect(await decided({ content })).toEqual({
    kind: "send",
    message: {
      channel: "email",
      inbox: "mail",
      to: "ana@example.com",
      conversation: null,
      reason: "the step asks for email",
      subject: "Charge 42",
      text: "Hi Ana & co\n\nBye",
      html: "<p>Hi Ana &amp; co</p>\n<p>Bye</p>",
      simpleHtml: true,
      template: null,
      buttons: [],
      attachments: [],
    },
  });
});

describe("time is asked again", () => {
  test("not before it is due", async () => {
    expect(await decided({}, {}, { due: NOW + 1 })).toMatchObject({
      kind: "wait",
      position: { due: NOW + 1 },
    });
  });
  test("not once it has expired", async () => {
    expect(await decided({}, {}, { expires: NOW })).toEqual({ kind: "skip", reason: "expired" });
  });
  test("not in quiet hours, but at their end", async () => {
    const open = [{ from: 12 * 60, to: 20 * 60 }];
    const days = { 1: open, 2: open, 3: open, 4: open, 5: open, 6: open, 7: open };
    const world = { policy: { send_hours: { days, holidays: null } } };
    expect(await decided({}, world)).toMatchObject({
      kind: "wait",
      position: { due: NOW + 2 * HOUR },
    });
    expect(await decided({}, world, { expires: NOW + HOUR })).toEqual({
      kind: "skip",
      reason: "expired",
    });
  });
});

describe("conditions", () => {
  test("a goal that is met ends the enrollment", async () => {
    const paid = { facts: { charge: { ...facts.charge, status: "paid" } } };
    const goal = { exit: { goal: 'charge.status == "paid"' } };
    expect(await decided({}, paid, {}, goal)).toEqual({ kind: "exit", reason: "goal" });
    expect(await decided({}, {}, {}, goal)).toMatchObject({ kind: "send" });
  });
  test("a false `if` skips the step", async () => {
    expect(await decided({ if: "charge.amount > 500" })).toEqual({
      kind: "skip",
      reason: "condition",
    });
    expect(await decided({ if: "charge.amount > 100" })).toMatchObject({ kind: "send" });
  });
  test("an opt-out exits", async () => {
    expect(await decided({}, { reach: { suppressed: ["email"] } })).toEqual({
      kind: "exit",
      reason: "opted_out",
    });
  });
});

describe("marketing where the workspace asks for consent", () => {
  const asked = (
    consent: FieldValue | undefined,
    purpose: "marketing" | "transactional",
    step = {},
  ) =>
    decided(
      step,
      {
        policy: { consent: "required" },
        facts: {
          contact: {
            ...facts.contact,
            custom: consent === undefined ? {} : { marketing_consent: consent },
          },
        },
      },
      {},
      { purpose },
    );
  const NO_CONSENT = { kind: "exit", reason: "no_consent" };

  test.each([undefined, null, false, "yes", [], ["sms"]])(
    "%j is no consent to email",
    async (consent) => expect(await asked(consent, "marketing")).toEqual(NO_CONSENT),
  );
  test.each([true, ["email"], ["sms", "email"]])("%j is one", async (consent) =>
    expect(await asked(consent, "marketing")).toMatchObject({ kind: "send" }),
  );
  test("transactional messages do not ask", async () => {
    expect(await asked(false, "transactional")).toMatchObject({ kind: "send" });
  });
  test("`automatic` passes over a channel without consent, and says so", async () => {
    const decision = await asked(["sms"], "marketing", { channel: "automatic" });
    expect(decision).toMatchObject({
      kind: "send",
      message: { channel: "sms", reason: expect.stringContaining("no consent to marketing") },
    });
    expect(await asked([], "marketing", { channel: "automatic" })).toEqual(NO_CONSENT);
  });
  test("nobody is asked where the workspace does not ask", async () => {
    expect(await decided({}, {}, {}, { purpose: "marketing" })).toMatchObject({ kind: "send" });
  });
});

describe("a blank variable is never sent", () => {
  const content = {
    type: "text",
    subject: "Hi",
    body: "{{ contact.company }} {{ contact.last_name }}",
  } as const;
  test.each([
    ["hold", { kind: "hold", reason: "blank: contact.company, contact.last_name" }],
    ["skip", { kind: "skip", reason: "blank" }],
    ["fail", { kind: "fail", code: "blank", message: "blank: contact.company, contact.last_name" }],
  ] as const)("on_blank: %s", async (on_blank, expected) => {
    expect(await decided({ content }, { policy: { on_blank } })).toEqual(expected);
  });
});

describe("content", () => {
  const content = {
    type: "text",
    subject: "Hello",
    body: "base",
    channels: { sms: { body: "base sms" } },
    languages: {
      "pt-BR": { subject: "Oi", body: "pt", channels: { sms: { body: "pt sms" } } },
      de: { body: "de" },
    },
  } as const;
  test.each([
    ["en", "email", "Hello", "base"],
    ["en", "sms", null, "base sms"],
    ["pt-BR", "email", "Oi", "pt"],
    ["pt-BR", "sms", null, "pt sms"],
    ["de-AT", "email", "Hello", "de"],
    ["de-AT", "sms", null, "de"],
  ] as const)(
    "%s by %s: language first, then channel, then the base",
    async (language, channel, subject, text) => {
      const world = { facts: { contact: { ...facts.contact, language } } };
      expect(await decided({ content, channel }, world)).toMatchObject({
        message: { subject, text },
      });
    },
  );

  test("outside the window the approved template goes, filled in", async () => {
    const outside = {
      candidates: [approved],
      parameters: ["{{ contact.first_name }}", "{{ charge.number }}"],
    };
    expect(await decided({ channel: "whatsapp", outside_window: outside })).toMatchObject({
      message: {
        text: "Hi Ana, charge 42.",
        template: { id: "notice", name: "notice", language: "en", parameters: ["Ana", "42"] },
      },
    });
  });

  test("named parameters, in the contact's language", async () => {
    const named = { ...approved, id: "named", body: "Hi {{name}}." };
    const pt = { ...named, id: "named-pt", language: "pt_BR", body: "Oi {{name}}." };
    const outside = { candidates: [named, pt], parameters: { name: "{{ contact.first_name }}" } };
    const world = { facts: { contact: { ...facts.contact, language: "pt-BR" } } };
    expect(await decided({ channel: "whatsapp", outside_window: outside }, world)).toMatchObject({
      message: { text: "Oi Ana.", template: { id: "named-pt", parameters: { name: "Ana" } } },
    });
  });

  test("rich content: contact data can never become markup", async () => {
    const rich = { type: "rich", subject: "Hi", body: "**Hi** {{ contact.first_name }}" } as const;
    const world = {
      facts: { contact: { ...facts.contact, first_name: "<b>[x](javascript:alert)*" } },
    };
    const decision = await decided({ content: rich }, world);
    expect(decision).toMatchObject({ kind: "send" });
    const html = decision.kind === "send" ? decision.message.html : "";
    expect(html).toContain("<strong>Hi</strong>");
    expect(html).not.toMatch(/<b>|<a /);
  });

  test("a WhatsApp template cannot go by email", async () => {
    const content = { type: "template", candidates: [approved], parameters: ["a", "b"] } as const;
    expect(await decided({ content, channel: "email" })).toMatchObject({
      kind: "fail",
      code: "no_content",
    });
  });
});
