import { expect, test } from "vitest";
import { describeInbound, newPhone } from "./harness.ts";

const PEOPLE = 60;

describeInbound("callbacks while their messages are being sent", (inbound) => {
  test("lose nothing, repeat nothing and stop what was answered", async () => {
    const i = inbound();
    const people = new Map<string, { readonly id: string; readonly answers: boolean }>();
    for (let n = 0; n < PEOPLE; n++) {
      const phone = newPhone();
      people.set(phone, { id: await i.t.enroll("text", { phone }), answers: n % 2 === 0 });
    }
    const answered: Promise<{ readonly status: number }>[] = [];
    i.t.h.answer = async ({ id, to }) => {
      const sid = `SM-${id}`;
      const status = (MessageStatus: string) =>
        i.twilio({ MessageSid: sid, MessageStatus, To: to });
      // Some are reported before the provider has answered, all twice, and none is waited for.
      answered.push(status("delivered"), status("sent"), status("delivered"));
      if (people.get(to)!.answers) {
        const reply = { MessageSid: `in-${id}`, From: to, Body: "Hi", SmsStatus: "received" };
        answered.push(i.twilio(reply), i.twilio(reply));
      }
      await new Promise((resolve) => setImmediate(resolve));
      return { kind: "sent", providerId: sid };
    };
    await i.t.h.drain();
    expect(new Set((await Promise.all(answered)).map(({ status }) => status))).toEqual(
      new Set([200]),
    );
    i.t.h.clock.advance({ hours: 1 });
    await i.sweep();

    for (const { id, answers } of people.values()) {
      expect(await i.t.messagesOf(id)).toMatchObject([{ step_id: "a", state: "delivered" }]);
      const expected = answers
        ? { state: "exited", reason: "reply" }
        : { state: "active", step_id: "b" };
      expect(await i.t.read(id)).toMatchObject({ ...expected, chunk_id: null });
      const told = (await i.t.historyOf(id)).toSorted();
      expect(told.filter((type) => type === "delivered")).toHaveLength(1);
      expect(told.filter((type) => type === "replied")).toHaveLength(answers ? 1 : 0);
    }
    expect(await i.inbound()).toHaveLength(PEOPLE / 2);
    const pending = i.t.db
      .selectFrom("inbound_events")
      .select("id")
      .where("next_at", "is not", null);
    expect(await pending.execute()).toEqual([]);
  });
});
