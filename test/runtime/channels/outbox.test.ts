import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createOutbox } from "../../../runtime/channels/outbox.ts";
import { inbox } from "../../core/enrollment/fixtures.ts";
import { delivery } from "../../support/delivery.ts";

const never = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-outbox-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a message is one JSON file, and beside it a text to read", async () => {
  const outbox = createOutbox(join(folder, "outbox"));
  const mail = delivery({ html: "<p>Hi Ana</p>" });
  const sent = { kind: "sent", providerId: `outbox:${mail.id}` };
  expect(await outbox.send(mail, never)).toEqual(sent);
  const names = await readdir(join(folder, "outbox"));
  expect(names.toSorted()).toEqual([`${mail.id}.json`, `${mail.id}.txt`]);
  const [json, text] = await Promise.all(
    names.toSorted().map((name) => readFile(join(folder, "outbox", name), "utf8")),
  );
  expect(JSON.parse(json!)).toMatchObject({
    id: mail.id,
    at: "2026-03-02T10:00:00.000Z",
    channel: "email",
    inbox: "mail",
    from: "Harbour Street <hello@example.com>",
    to: "ana@example.com",
    subject: "Hello Ana",
    text: "Hi Ana,\n\nwelcome.",
    html: "<p>Hi Ana</p>",
    sequence: "welcome",
    version: 3,
    step: "hello",
    reason: "the step asks for email",
  });
  expect(text).toBe(
    [
      "To:       ana@example.com",
      "From:     Harbour Street <hello@example.com> (email, inbox mail)",
      "At:       2026-03-02T10:00:00.000Z",
      "Step:     welcome@3 hello",
      "Because:  the step asks for email",
      "Subject:  Hello Ana",
      "",
      "Hi Ana,",
      "",
      "welcome.",
      "",
    ].join("\n"),
  );
});

test("credentials, even as references, are not written", async () => {
  const credentials = { password: "${env:CADENZA_SECRET_SMTP}" };
  const outbox = createOutbox(folder);
  const mail = delivery({ inbox: inbox("mail", "email", { credentials }) });
  await outbox.send(mail, never);
  expect(await readFile(join(folder, `${mail.id}.json`), "utf8")).not.toContain("CADENZA_SECRET");
});

test("a WhatsApp template is shown with what it says", async () => {
  const template = { id: "due", name: "charge_due", language: "en", parameters: ["Ana", "42"] };
  const message = delivery({ channel: "whatsapp", subject: null, text: "Hi Ana: 42", template });
  await createOutbox(folder).send(message, never);
  const text = await readFile(join(folder, `${message.id}.txt`), "utf8");
  expect(text).toContain("Template: charge_due (en)");
  expect(text).toContain("Hi Ana: 42");
});

test("writing a message again changes nothing", async () => {
  const outbox = createOutbox(folder);
  await outbox.send(delivery(), never);
  await outbox.send(delivery(), never);
  expect(await readdir(folder)).toHaveLength(2);
});

test("a folder that cannot be written is worth another attempt, never an open question", async () => {
  await writeFile(join(folder, "outbox"), "in the way");
  const result = await createOutbox(join(folder, "outbox")).send(delivery(), never);
  expect(result).toMatchObject({ kind: "retry", code: "EEXIST" });
});

test("buttons and files that a channel shows beside the text are shown below it", async () => {
  const buttons = [
    { text: "Pay", url: "https://example.com/42" },
    { text: "Later", reply: "LATER" },
  ];
  const attachments = [{ url: "https://example.com/42.pdf", name: "charge.pdf" }];
  const message = delivery({ channel: "whatsapp", subject: null, buttons, attachments });
  await createOutbox(folder).send(message, never);
  const [json, text] = await Promise.all(
    ["json", "txt"].map((type) => readFile(join(folder, `${message.id}.${type}`), "utf8")),
  );
  expect(JSON.parse(json!)).toMatchObject({ buttons, attachments });
  expect(text).toMatch(
    /welcome\.\n\n\[file: charge\.pdf https:\/\/example\.com\/42\.pdf\]\n\[Pay: https:\/\/example\.com\/42\]\n\[Later: LATER\]\n$/,
  );
});
