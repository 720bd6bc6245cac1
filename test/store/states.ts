import { expect } from "vitest";
import { exit, pause } from "../../runtime/operate.ts";
import { addHalt } from "../../store/halts.ts";
import { beginRun } from "../../store/claim.ts";
import { openIntents } from "../../store/intents.ts";
import { NOW, type EngineTest } from "../support/engine.ts";
import { mailIntent, publishVersion, textDocument } from "../support/rows.ts";

const by = "test";
const SEQUENCE = "greeting";

/** How an enrollment comes to stand where it stands. */
export const STATES = {
  waiting: (t: EngineTest) => t.enroll(SEQUENCE),
  "in a chunk's hand": async (t: EngineTest) => {
    const id = await t.enroll(SEQUENCE);
    await t.h.claim();
    return id;
  },
  "being sent": async (t: EngineTest) => {
    const id = await STATES["in a chunk's hand"](t);
    await beginSend(t, id);
    return id;
  },
  halted: async (t: EngineTest) => {
    const id = await t.enroll(SEQUENCE);
    await addHalt(t.db, "all", by, NOW);
    await t.h.drain();
    return id;
  },
  paused: (t: EngineTest) => then(STATES.waiting(t), (id) => pause(t.db, id, by, NOW)),
  "paused in a chunk's hand": (t: EngineTest) =>
    then(STATES["in a chunk's hand"](t), (id) => pause(t.db, id, by, NOW)),
  "paused while being sent": (t: EngineTest) =>
    then(STATES["being sent"](t), (id) => pause(t.db, id, by, NOW)),
  "paused over a hold": async (t: EngineTest) => {
    const id = await t.enroll(SEQUENCE, { first_name: null });
    const [chunk] = await t.h.claim();
    await t.executeMeanwhile(chunk!, () => pause(t.db, id, by, NOW));
    return id;
  },
  "paused, its send unknown": async (t: EngineTest) => {
    const id = await STATES["paused while being sent"](t);
    await carry(t, id);
    return id;
  },
  "held for data": async (t: EngineTest) => {
    const id = await t.enroll(SEQUENCE, { first_name: null });
    await t.h.drain();
    return id;
  },
  "held, its send unknown": async (t: EngineTest) => {
    const id = await t.enroll(SEQUENCE);
    t.h.answer = { kind: "ambiguous", code: "timeout", message: "no answer" };
    await t.h.drain();
    return id;
  },
  completed: async (t: EngineTest) => {
    const id = await t.enroll(SEQUENCE);
    await t.h.drain();
    t.h.clock.advance({ days: 1 });
    await t.h.drain();
    return id;
  },
  exited: (t: EngineTest) => then(STATES.waiting(t), (id) => exit(t.db, id, by, "reply", NOW)),
  "exited, its send unknown": (t: EngineTest) =>
    then(STATES["held, its send unknown"](t), (id) => exit(t.db, id, by, "reply", NOW)),
  failed: async (t: EngineTest) => {
    const id = await t.enroll("fallback", { email: null, phone: null });
    await t.h.drain();
    return id;
  },
};
export type StateName = keyof typeof STATES;

const CHUNK: unknown = expect.any(String);
const UNKNOWN: unknown = expect.stringMatching(/^unknown: /);
export const STANDS: { readonly [state in StateName]: object } = {
  waiting: { state: "active", chunk_id: null, parked_by: null },
  "in a chunk's hand": { state: "active", chunk_id: CHUNK },
  "being sent": { state: "active", chunk_id: CHUNK },
  halted: { state: "active", chunk_id: null, parked_by: "all" },
  paused: { state: "paused", chunk_id: null, reason: null },
  "paused in a chunk's hand": { state: "paused", chunk_id: CHUNK },
  "paused while being sent": { state: "paused", chunk_id: CHUNK },
  "paused over a hold": { state: "paused", chunk_id: null, reason: "blank: contact.first_name" },
  "paused, its send unknown": { state: "paused", chunk_id: null, reason: UNKNOWN },
  "held for data": { state: "held", reason: "blank: contact.first_name" },
  "held, its send unknown": { state: "held", reason: UNKNOWN },
  completed: { state: "completed" },
  exited: { state: "exited" },
  "exited, its send unknown": { state: "exited" },
  failed: { state: "failed" },
};

async function then(id: Promise<string>, action: (id: string) => Promise<unknown>) {
  await action(await id);
  return id;
}

/** Opens the send as a runner does that is lost right after it. */
async function beginSend(t: EngineTest, id: string): Promise<void> {
  const { chunk_id: chunkId, step_id } = await t.read(id);
  await beginRun(t.db, chunkId!);
  const intent = mailIntent(id, step_id!, NOW);
  const opened = await openIntents(t.db, { chunkId: chunkId!, number: 1 }, [intent], NOW);
  expect(opened.size).toBe(1);
}

/** Executes the chunk that has it in hand, or the one that claims it now. */
export async function carry(t: EngineTest, id: string): Promise<void> {
  const { chunk_id: chunk } = await t.read(id);
  for (const one of chunk === null ? await t.h.claim() : [chunk]) await t.h.execute(one);
}

/** A sequence whose first message needs the contact's name. */
export async function begin(t: EngineTest): Promise<EngineTest> {
  const published = t.db.selectFrom("sequences").select("id").where("id", "=", SEQUENCE);
  if ((await published.executeTakeFirst()) !== undefined) return t;
  const document = textDocument(SEQUENCE);
  const [first, second] = document.steps;
  const body = "Hi {{ contact.first_name }}";
  const content = { type: "text", subject: "Hello", body } as const;
  const steps = [{ ...first!, content }, second!];
  await publishVersion(t.db, { ...document, steps }, 1, NOW);
  return t;
}
