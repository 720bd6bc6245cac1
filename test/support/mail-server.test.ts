import nodemailer from "nodemailer";
import { afterEach, expect, test } from "vitest";
import { startMailServer, type MailServer } from "./mail-server.ts";

let server: MailServer;
afterEach(() => server.close());

function send(to = "noah@example.com", login?: { user: string; pass: string }) {
  const { host, port } = server;
  const transport = nodemailer.createTransport({ host, port, ...(login && { auth: login }) });
  return transport.sendMail({ from: "studio@example.com", to, subject: "Olá ✓", text: "Até já" });
}

test("receives what was sent, readable", async () => {
  server = await startMailServer();
  await send();
  const [received] = await server.received(1);
  expect(received).toMatchObject({
    from: "studio@example.com",
    to: ["noah@example.com"],
    user: null,
    mail: { subject: "Olá ✓", text: "Até já\n" },
  });
});

test.each([
  { refuse: "mail", code: 451 },
  { refuse: "rcpt", code: 550 },
  { refuse: "data", code: 452 },
] as const)("answers $refuse with $code once", async (mishap) => {
  server = await startMailServer();
  server.mishaps.push(mishap);
  await expect(send()).rejects.toMatchObject({ responseCode: mishap.code });
  expect(server.mails).toHaveLength(0);
  await send();
  expect(server.mails).toHaveLength(1);
});

test("loses the connection before the content: nothing was taken", async () => {
  server = await startMailServer();
  server.mishaps.push({ lose: "before_data" });
  await expect(send()).rejects.toMatchObject({ code: "ECONNECTION" });
  expect(server.mails).toHaveLength(0);
});

test("loses the connection after the content: the mail was taken, the sender cannot know", async () => {
  server = await startMailServer();
  server.mishaps.push({ lose: "after_data" });
  await expect(send()).rejects.toMatchObject({ code: "ECONNECTION" });
  expect(server.mails).toHaveLength(1);
});

test("lets a mail between two mishaps through", async () => {
  server = await startMailServer();
  server.mishaps.push(null, { refuse: "rcpt", code: 550 });
  await send("one@example.com");
  await expect(send("two@example.com")).rejects.toThrow();
  expect(server.mails.map(({ to }) => to)).toEqual([["one@example.com"]]);
});

test("takes mail only from its login, when it has one", async () => {
  server = await startMailServer({ user: "studio", password: "secret" });
  await expect(send()).rejects.toMatchObject({ responseCode: 530 });
  await expect(send(undefined, { user: "studio", pass: "wrong" })).rejects.toMatchObject({
    responseCode: 535,
  });
  await send(undefined, { user: "studio", pass: "secret" });
  expect(server.mails.map(({ user }) => user)).toEqual(["studio"]);
});
