import { expect, test } from "vitest";
import { readEnrollment } from "../../../store/enrollments-read.ts";
import { readMessageHtml } from "../../../store/messages-read.ts";
import { describeEngine, NOW } from "../../support/engine.ts";
import { publishVersion, textDocument } from "../../support/rows.ts";

describeEngine("the HTML of a mail", (engine) => {
  test("that says no more than its text is made from that, and not stored", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    const [stored] = await t.messagesOf(id);
    expect(stored).toMatchObject({ body: "Step a", html: null, simple_html: true });
    expect(t.h.sent[0]).toMatchObject({ text: "Step a", html: "<p>Step a</p>" });
    expect(await readMessageHtml(t.db, stored!.id)).toBe("<p>Step a</p>");
    const read = await readEnrollment(t.db, id);
    expect(read?.messages).toMatchObject([{ text: "Step a", html: "<p>Step a</p>" }]);
    expect(read?.messages[0]).not.toHaveProperty("simple_html");
  });

  test("that says more is stored as it was sent", async () => {
    const t = engine();
    const document = textDocument("formatted", ["a"]);
    const [step] = document.steps;
    const content = { type: "rich", subject: "Hello", body: "**Step** a" } as const;
    await publishVersion(t.db, { ...document, steps: [{ ...step!, content }] }, 1, NOW);
    const id = await t.enroll("formatted");
    await t.h.drain();
    const [stored] = await t.messagesOf(id);
    expect(stored).toMatchObject({ simple_html: false, html: t.h.sent[0]?.html });
    expect(await readMessageHtml(t.db, stored!.id)).toBe("<p><strong>Step</strong> a</p>");
  });

  test("is gone with the text that is erased", async () => {
    const t = engine();
    const id = await t.enroll();
    await t.h.drain();
    const [stored] = await t.messagesOf(id);
    await t.db.updateTable("messages").set({ body: null, html: null }).execute();
    expect(await readMessageHtml(t.db, stored!.id)).toBeNull();
  });
});
