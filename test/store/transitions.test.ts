import { expect, test } from "vitest";
import { enrollMany } from "../../runtime/enroll.ts";
import type { ActionResult } from "../../runtime/http/ports.ts";
import { mergeEntity } from "../../runtime/merge-entity.ts";
import { exit, pause, resume, retry, settle, skip } from "../../runtime/operate.ts";
import { optOut } from "../../runtime/opt-out.ts";
import { CHUNKS, startQueues } from "../../runtime/queues.ts";
import { removeHalt } from "../../store/halts.ts";
import { newId } from "../../store/ids.ts";
import { recoverStranded } from "../../store/recover.ts";
import type { EnrollmentState } from "../../store/schema.ts";
import { describeEngine, type EngineTest } from "../support/engine.ts";
import { silent } from "../support/harness.ts";
import { begin, carry, STANDS, STATES, type StateName } from "./states.ts";

const by = "test";
const inTransaction = <T>(t: EngineTest, work: (trx: EngineTest["db"]) => Promise<T>) =>
  t.db.transaction().execute(work);

/** Where an action leads, and what it leaves in the history: one event, or none where it is no change of state. */
type Outcome = readonly [EnrollmentState, ...string[]];

interface Action {
  run(t: EngineTest, id: string): Promise<unknown>;
  /** From every state that is not named here it changes nothing. */
  readonly allowed: { readonly [state in StateName]?: Outcome };
}

const exited: Outcome = ["exited", "exited"];
const LIVE_EXITS = {
  waiting: exited,
  "in a chunk's hand": exited,
  "being sent": exited,
  halted: exited,
  paused: exited,
  "paused in a chunk's hand": exited,
  "paused while being sent": exited,
  "paused over a hold": exited,
  "paused, its send unknown": exited,
  "held for data": exited,
  "held, its send unknown": exited,
} as const;

const SETTLED = {
  "held, its send unknown": ["active", "settled"],
  "paused, its send unknown": ["paused", "settled"],
  "exited, its send unknown": ["exited", "settled"],
} as const;

const ACTIONS: { readonly [name: string]: Action } = {
  pause: {
    run: (t, id) => pause(t.db, id, by, t.h.clock.now()),
    allowed: {
      waiting: ["paused", "paused"],
      "in a chunk's hand": ["paused", "paused"],
      "being sent": ["paused", "paused"],
      halted: ["paused", "paused"],
    },
  },
  resume: {
    run: (t, id) => resume(t.db, id, by, t.h.clock.now()),
    allowed: {
      paused: ["active", "resumed"],
      "paused in a chunk's hand": ["active", "resumed"],
      "paused while being sent": ["active", "resumed"],
      "paused over a hold": ["held", "resumed"],
      "paused, its send unknown": ["held", "resumed"],
    },
  },
  exit: { run: (t, id) => exit(t.db, id, by, "reply", t.h.clock.now()), allowed: LIVE_EXITS },
  retry: {
    run: (t, id) =>
      inTransaction(t, (trx) => retry(trx, t.h.execution.engine, id, by, t.h.clock.now())),
    allowed: { "held for data": ["active", "released"], failed: ["active", "released"] },
  },
  skip: {
    run: (t, id) =>
      inTransaction(t, (trx) => skip(trx, t.h.execution.engine, id, by, t.h.clock.now())),
    allowed: {
      waiting: ["active", "skipped"],
      halted: ["active", "skipped"],
      paused: ["paused", "skipped"],
      "paused over a hold": ["paused", "skipped"],
      "held for data": ["active", "skipped"],
    },
  },
  "settle as sent": { run: (t, id) => settleLast(t, id, "sent"), allowed: SETTLED },
  "settle as not sent": { run: (t, id) => settleLast(t, id, "not_sent"), allowed: SETTLED },
  "the missing data": {
    run: (t, id) => changeContact(t, id, { first_name: "Bo" }),
    allowed: {
      "held for data": ["active", "released"],
      "paused over a hold": ["paused", "released"],
      // Marked, so that whoever has it in hand looks again.
      "in a chunk's hand": ["active"],
      "being sent": ["active"],
      "paused in a chunk's hand": ["paused"],
      "paused while being sent": ["paused"],
    },
  },
  "an opt-out": {
    async run(t, id) {
      const { contact_id: contact } = await t.read(id);
      const address = `${contact}@example.com`;
      const given = [{ channel: "email", address, purpose: "all", reason: "stop" }] as const;
      await inTransaction(t, (trx) => optOut(trx, t.h.execution.engine, given, t.h.clock.now()));
    },
    allowed: LIVE_EXITS,
  },
  dispatch: { run: (t) => t.h.claim(), allowed: { waiting: ["active"] } },
  "the worker": {
    run: carry,
    allowed: {
      waiting: ["active", "sent"],
      "in a chunk's hand": ["active", "sent"],
      "being sent": ["held", "unknown"],
      "paused in a chunk's hand": ["paused"],
      "paused while being sent": ["paused", "unknown"],
    },
  },
  "the sweeper": {
    async run(t) {
      const queues = await startQueues(t.database, silent);
      await queues.stop(1000);
      await recoverStranded(t.db, CHUNKS, t.h.clock.now());
    },
    allowed: {
      "in a chunk's hand": ["active"],
      "being sent": ["held", "unknown"],
      "paused in a chunk's hand": ["paused"],
      "paused while being sent": ["paused", "unknown"],
    },
  },
  "the end of a halt": {
    run: (t) => inTransaction(t, (trx) => removeHalt(trx, "all", by, t.h.clock.now())),
    allowed: { halted: ["active", "unhalted"] },
  },
  "another enrollment": {
    async run(t, id) {
      const { contact_id, sequence_id: sequence } = await t.read(id);
      const request = { contact: null, data: null, agent: null, startAt: null, idempotency: null };
      const target = { type: "contact", id: contact_id } as const;
      await inTransaction(t, (trx) =>
        enrollMany(trx, t.h.execution.engine, [{ ...request, sequence, target }], t.h.clock.now()),
      );
    },
    allowed: {},
  },
};

const PAIRS = Object.entries(ACTIONS).flatMap(([action, { allowed }]) =>
  (Object.keys(STATES) as StateName[]).map((state) => ({ action, state, to: allowed[state] })),
);

describeEngine("every action on an enrollment in every state", (engine) => {
  test.each(Object.entries(STANDS))("%s", async (state, row) => {
    const t = await begin(engine());
    expect(await t.read(await STATES[state as StateName](t))).toMatchObject(row);
  });

  test.each(PAIRS.filter(({ to }) => to !== undefined))(
    "$action, $state: $to",
    async ({ action, state, to }) => {
      const t = await begin(engine());
      const id = await STATES[state](t);
      const before = await t.historyOf(id);
      const result = await ACTIONS[action]!.run(t, id);
      const [next, ...events] = to!;
      expect(await t.read(id)).toMatchObject({ state: next });
      expect((await t.historyOf(id)).slice(before.length)).toEqual(events);
      expect(isRefused(result)).toBe(false);
    },
  );

  test.each(PAIRS.filter(({ to }) => to === undefined))(
    "$action, $state: nothing changes",
    async ({ action, state }) => {
      const t = await begin(engine());
      const id = await STATES[state](t);
      const before = await all(t, id);
      const result = await ACTIONS[action]!.run(t, id);
      expect(await all(t, id)).toEqual(before);
      if (!isResult(result)) return;
      // Whoever asked is told what stands in the way.
      expect(result).toEqual({
        refused: {
          problem: expect.stringMatching(/^(?:wrong-state|not-found)$/),
          detail: expect.stringMatching(/[0-9a-f]{8}-[0-9a-f-]{27}/),
        },
      });
    },
  );
});

async function settleLast(t: EngineTest, id: string, as: "sent" | "not_sent") {
  const messages = await t.messagesOf(id);
  const message = messages.at(-1)?.id ?? newId(t.h.clock.now());
  return inTransaction(t, (trx) =>
    settle(trx, t.h.execution.engine, message, as, by, t.h.clock.now()),
  );
}

async function changeContact(t: EngineTest, enrollment: string, data: object): Promise<void> {
  const { contact_id: id } = await t.read(enrollment);
  const change = { type: "contact", id, contactId: null, data: { ...data } } as const;
  await inTransaction(t, (trx) => mergeEntity(trx, t.h.execution.engine, change, t.h.clock.now()));
}

async function all(t: EngineTest, id: string) {
  const history = t.db.selectFrom("history").selectAll().where("enrollment_id", "=", id);
  return [await t.read(id), await t.messagesOf(id), await history.orderBy("id").execute()];
}

function isResult(result: unknown): result is ActionResult {
  return typeof result === "object" && result !== null && ("done" in result || "refused" in result);
}

function isRefused(result: unknown): boolean {
  return isResult(result) && "refused" in result;
}
