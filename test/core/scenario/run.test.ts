import { describe, expect, test } from "vitest";
import { play } from "./play.ts";

const START = "start: 2026-03-02T09:00\nexpect: { state: completed }\n";
const given = (...events: string[]) =>
  `${START}given:\n${events.map((event) => `  - { ${event} }\n`).join("")}`;

const TWO = `target: charge
defaults: { channel: sms }
steps:
  - { id: notice, wait: immediately, content: Your charge is open. }
  - { id: nudge, wait: 2 days, content: It is still open. }
`;

const started = "2026-03-02T09:00 sent notice sms";

describe("what a contact does", () => {
  test.each([
    ["nothing", [], ["2026-03-04T09:00 sent nudge sms", "2026-03-04T09:00 completed"]],
    [
      "a reply ends it",
      ["at: +1 day, event: reply"],
      ["2026-03-03T09:00 reply to text", "2026-03-03T09:00 exited reply"],
    ],
    [
      "a reply on a channel that nothing was sent by is a message like any other",
      ["at: +1 day, event: reply, channel: email"],
      [
        "2026-03-03T09:00 reply to mail",
        "2026-03-04T09:00 sent nudge sms",
        "2026-03-04T09:00 completed",
      ],
    ],
    [
      "an opt-out ends it at once",
      ["at: +3 hours, event: opt_out"],
      ["2026-03-02T12:00 opt_out every channel", "2026-03-02T12:00 exited opted_out"],
    ],
    [
      "an opt-out of another channel does not",
      ["at: +3 hours, event: opt_out, channel: email"],
      [
        "2026-03-02T12:00 opt_out email",
        "2026-03-04T09:00 sent nudge sms",
        "2026-03-04T09:00 completed",
      ],
    ],
    [
      "what happens at the very moment of a send comes before it",
      ["at: +2 days, event: reply"],
      ["2026-03-04T09:00 reply to text", "2026-03-04T09:00 exited reply"],
    ],
    [
      "events count in the order of time, however they are written",
      ["at: +2 days 08:00, event: opt_out", "at: +1 day, event: reply"],
      ["2026-03-03T09:00 reply to text", "2026-03-03T09:00 exited reply"],
    ],
  ])("%s", async (_, events, expected) => {
    const { lines } = await play(TWO, events.length === 0 ? START : given(...events));
    expect(lines).toEqual([started, ...expected]);
  });

  test("a resolved conversation ends what names it, and only that", async () => {
    const event = given("at: +1 day, event: resolve");
    expect((await play(TWO, event)).course.state).toBe("completed");
    const named = `exit: { events: [conversation_resolved] }\n${TWO}`;
    const { course } = await play(named, event);
    expect(course).toMatchObject({ state: "exited", reason: "conversation_resolved" });
  });

  test("a reply opens WhatsApp's window: text goes where the template went", async () => {
    const sequence = `target: contact
exit: { events: [] }
defaults: { channel: whatsapp }
steps:
  - { id: one, wait: immediately, content: Text one., outside_window: { template: due, parameters: [] } }
  - { id: two, wait: 1 day, content: Text two., outside_window: { template: due, parameters: [] } }
  - { id: three, wait: 2 days, content: Text three., outside_window: { template: due, parameters: [] } }
`;
    const { course } = await play(sequence, given("at: +20 hours, event: reply"));
    expect(course.messages.map(({ message }) => message.text)).toEqual([
      "The approved text.",
      "Text two.",
      "The approved text.",
    ]);
  });
});

describe("data that changes", () => {
  test("the goal ends it as soon as the data meets it", async () => {
    const sequence = `exit: { goal: charge.status == "paid" }\n${TWO}`;
    const { lines } = await play(sequence, given("at: +1 day, set: { charge.status: paid }"));
    expect(lines.slice(1)).toEqual([
      '2026-03-03T09:00 set charge.status = "paid"',
      "2026-03-03T09:00 exited goal",
    ]);
  });

  test("a status that the sequence names as its exit ends it at once", async () => {
    const sequence = `exit: { events: [charge.paid] }\n${TWO}`;
    const { lines } = await play(sequence, given("at: +1 day, set: { charge.status: paid }"));
    expect(lines.at(-1)).toBe("2026-03-03T09:00 exited charge.paid");
  });

  test("a step whose condition is false then is skipped", async () => {
    const sequence = TWO.replace("wait: 2 days", "wait: 2 days, if: charge.amount > 10");
    const { lines } = await play(sequence, given("at: +1 day, set: { charge.amount: 5 }"));
    expect(lines).toContain("2026-03-04T09:00 skipped nudge condition");
  });

  const DATED = `target: appointment
defaults: { channel: sms }
steps:
  - { id: reminder, wait: 1 day before appointment.starts_at, content: "On {{ appointment.starts_at | date }}." }
`;

  test("a date that moves takes its step along", async () => {
    const { lines, course } = await play(
      DATED,
      given('at: +1 day, set: { appointment.starts_at: "+9 days 16:00" }'),
    );
    expect(lines.slice(1)).toEqual([
      "2026-03-03T09:00 rescheduled reminder",
      "2026-03-10T16:00 sent reminder sms",
      "2026-03-10T16:00 completed",
    ]);
    expect(course.messages[0]?.message.text).toBe("On 11 March 2026.");
  });

  test("a date that moves into the past passes its step over", async () => {
    const { lines } = await play(
      DATED,
      given('at: +1 day, set: { appointment.starts_at: "+1 day 12:00" }'),
    );
    expect(lines).toContain("2026-03-03T09:00 skipped reminder past");
  });

  test("a blank variable holds the message until the data is there", async () => {
    const sequence = TWO.replace("Your charge is open.", '"Pay at {{ charge.payment_url }}"');
    const held = "2026-03-02T09:00 held notice blank: charge.payment_url";
    const left = await play(sequence, START);
    expect(left.lines).toEqual([held]);
    expect(left.course).toMatchObject({ state: "held", reason: "blank: charge.payment_url" });
    const { lines } = await play(
      sequence,
      given('at: +4 hours, set: { charge.payment_url: "https://example.com/7" }'),
    );
    expect(lines.slice(0, 4)).toEqual([
      held,
      '2026-03-02T13:00 set charge.payment_url = "https://example.com/7"',
      "2026-03-02T13:00 released notice",
      "2026-03-02T13:00 sent notice sms",
    ]);
  });

  test("a hold that outlasts the step's expiry is not sent late", async () => {
    const sequence = TWO.replace("Your charge is open.", '"Pay at {{ charge.payment_url }}"');
    const { lines } = await play(
      sequence,
      given('at: +3 days, set: { charge.payment_url: "https://example.com/7" }'),
    );
    expect(lines).toContain("2026-03-05T09:00 skipped notice expired");
  });

  test("null clears a value", async () => {
    const sequence = TWO.replace("It is still open.", '"Charge {{ charge.number }} is open."');
    const { course } = await play(sequence, given("at: +1 day, set: { charge.number: null }"));
    expect(course).toMatchObject({ state: "held", reason: "blank: charge.number" });
  });

  test("the start of the scenario is what relative times in data count from", async () => {
    const set = 'at: +3 days, set: { appointment.starts_at: "+4 days 18:00" }';
    const { lines } = await play(DATED, given(set));
    expect(lines).toContain("2026-03-05T18:00 sent reminder sms");
  });
});

describe("time", () => {
  const at = (start: string) => `start: ${start}\nexpect: { state: completed }\n`;
  const zone = (extra: string, timezone = "Europe/Lisbon") => ({
    workspace: `kind: Workspace\nname: Harbour\ntimezone: ${timezone}\n${extra}`,
  });

  test("the clocks go forward: days keep the local time, hours do not", async () => {
    const sequence = `target: contact
defaults: { channel: sms }
steps:
  - { id: one, wait: 1 day, content: One. }
  - { id: two, wait: 24 hours, content: Two. }
`;
    const days = await play(sequence, at("2026-03-28T09:00"));
    expect(days.lines[0]).toBe("2026-03-29T09:00 sent one sms");
    const hours = await play(sequence.replace("1 day", "24 hours"), at("2026-03-28T09:00"));
    expect(hours.lines[0]).toBe("2026-03-29T10:00 sent one sms");
  });

  test("holidays and weekends are no business days", async () => {
    const sequence = TWO.replace("wait: 2 days", "wait: 1 business day");
    const days = "business_days: { week: [mon, tue, wed, thu, fri], holidays: { country: PT } }\n";
    // Good Friday 2026 is on 3 April.
    const { lines } = await play(sequence, at("2026-04-02T10:00"), zone(days));
    expect(lines[1]).toBe("2026-04-06T10:00 sent nudge sms");
  });

  test("quiet hours move a send to their end", async () => {
    const quiet = zone('quiet_hours: { from: "21:00", to: "08:00" }\n');
    const { lines } = await play(TWO, at("2026-03-02T22:30"), quiet);
    expect(lines).toEqual([
      "2026-03-03T08:00 sent notice sms",
      "2026-03-05T08:00 sent nudge sms",
      "2026-03-05T08:00 completed",
    ]);
  });

  test("the contact's own zone governs where the workspace says so, and moves with them", async () => {
    const persona =
      'kind: Persona\nid: ana\ncontact: { phone: "+15550100123", timezone: America/New_York }\ncharge: { status: pending }\n';
    const own = { ...zone("zone: contact\n"), persona };
    const sequence = TWO.replace("wait: 2 days", 'wait: 2 days, at: "10:00"');
    const still = await play(sequence, at("2026-03-02T09:00"), own);
    expect(still.course).toMatchObject({
      zone: "America/New_York",
      start: Date.parse("2026-03-02T14:00Z"),
    });
    expect(still.course.messages[1]?.at).toBe(Date.parse("2026-03-04T15:00Z"));
    const moved = await play(
      sequence,
      given("at: +1 day, set: { contact.timezone: Asia/Tokyo }"),
      own,
    );
    expect(moved.course.messages[1]?.at).toBe(Date.parse("2026-03-04T01:00Z"));
  });

  test("`until` stops the clock, and the enrollment is still on its way", async () => {
    const { course, lines } = await play(TWO, `${START}until: +1 day\n`);
    expect(lines).toEqual([started, "2026-03-03T09:00 stopped nudge"]);
    expect(course).toMatchObject({ state: "active", reason: null });
  });
});

describe("a step that no channel can take", () => {
  const sequence = (extra = "") => TWO.replace("sms }", `email${extra} }`);
  const persona =
    'kind: Persona\nid: ana\ncontact: { phone: "+15550100123" }\ncharge: { status: pending }\n';
  const said = (text: string) =>
    text.replaceAll(/content: (\w[^}]*?) }/g, "content: { subject: A, body: $1 } }");

  test("fails, and the sequence goes on", async () => {
    const { lines } = await play(said(sequence()), START, { persona });
    expect(lines).toEqual([
      "2026-03-02T09:00 step_failed notice no_address: no email address",
      "2026-03-04T09:00 step_failed nudge no_address: no email address",
      "2026-03-04T09:00 completed",
    ]);
  });

  test("goes by another channel, or ends the enrollment, as on_failure says", async () => {
    const by = await play(said(sequence(", on_failure: { channels: [sms] }")), START, { persona });
    expect(by.course.messages.map(({ message }) => message.channel)).toEqual(["sms", "sms"]);
    const end = await play(said(sequence(", on_failure: { then: exit }")), START, { persona });
    expect(end.course).toMatchObject({ state: "failed", reason: "no_address" });
  });
});
