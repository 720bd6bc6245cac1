import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import type { Delivery } from "../../../runtime/channels/channel.ts";
import { createWhatsAppWeb } from "../../../runtime/channels/whatsapp-web.ts";
import { describeEngine, type EngineTest } from "../../support/engine.ts";
import { json, startProvider } from "../../support/provider.ts";

const ACCEPTED = json(201, { key: { id: "p1" } });

/** Sends by a real provider over HTTP, which answers one after the other, the last one again and again. */
async function provider(t: EngineTest, answers: ((response: ServerResponse) => void)[]) {
  const server = await startProvider((response) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response);
  });
  onTestFinished(() => server.close());
  const channel = createWhatsAppWeb({ url: server.url, inboxId: "wa", token: null });
  const { signal } = new AbortController();
  t.h.answer = (delivery: Delivery) => channel.send(delivery, signal);
  return server;
}

describeEngine("a provider", (engine) => {
  test.each([
    ["drops the connection once it has the message", (one: ServerResponse) => void one.destroy()],
    ["answers 500", json(500, { message: "boom" })],
    ["answers half and then drops", (one: ServerResponse) => void one.writeHead(201).destroy()],
  ])("that %s leaves it open: held, and not asked again", async (_, answer) => {
    const t = engine();
    const id = await t.enroll();
    const { asked } = await provider(t, [answer]);
    await t.h.drain();
    t.h.clock.advance({ days: 1 });
    await t.h.drain();
    expect(asked).toHaveLength(1);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "unknown" }]);
    expect(await t.read(id)).toMatchObject({ state: "held", chunk_id: null });
  });

  test("that answers 429 is asked again when it said, with the same attempt, and once", async () => {
    const t = engine();
    const id = await t.enroll();
    const busy = json(429, { message: "slow down" }, { "retry-after": "120" });
    const { asked } = await provider(t, [busy, ACCEPTED]);
    await t.h.drain();
    t.h.clock.advance({ seconds: 119 });
    await t.h.drain();
    expect(asked).toHaveLength(1);
    t.h.clock.advance({ seconds: 1 });
    await t.h.drain();
    expect(asked).toHaveLength(2);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent", attempt: 1, step_id: "a" }]);
  });

  test("that accepts and talks garbage has accepted", async () => {
    const t = engine();
    const id = await t.enroll();
    const { asked } = await provider(t, [
      (response) => void response.writeHead(200).end("\u0000<html>{{"),
    ]);
    await t.h.drain();
    expect(asked).toHaveLength(1);
    expect(await t.messagesOf(id)).toMatchObject([{ state: "sent", provider_id: null }]);
  });

  test("that is slow delays its own wave, and sends each message once", async () => {
    const t = engine();
    const ids = [await t.enroll(), await t.enroll(), await t.enroll(), await t.enroll()];
    const waiting: ServerResponse[] = [];
    let most = 0;
    const { asked } = await provider(t, [
      (response) => {
        waiting.push(response);
        most = Math.max(most, waiting.length);
        // It answers nobody before it has two, the whole of a wave.
        if (waiting.length === 2) for (const one of waiting.splice(0)) ACCEPTED(one);
      },
    ]);
    await t.h.drain();
    expect(asked).toHaveLength(4);
    expect(most).toBe(2);
    const messages = (await Promise.all(ids.map((id) => t.messagesOf(id)))).flat();
    expect(messages.map((one) => one.state)).toEqual(["sent", "sent", "sent", "sent"]);
  });
});
