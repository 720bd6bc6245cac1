import {
  afterFailure,
  afterRefusal,
  afterSend,
  afterSkip,
  decide,
  migrateTo,
  rederive,
  retryHeld,
  scheduleFrom,
  type AfterFailure,
  type OutgoingMessage,
  type Position,
  type Program,
  type Schedule,
  type Situation,
} from "../../core/enrollment/index.ts";
import type { StepChannel } from "../../core/language/document.ts";
import { facts, inboxes, reach, unsubscribeUrl } from "../core/enrollment/fixtures.ts";
import type { Entry, Happening, Life, State } from "./history.ts";
import { DAY, type Answer, type Scenario } from "./scenario.ts";
import { policyOf, settingOf, type Setting } from "./setting.ts";

/** What decides: the core, of which a test may replace a part by a worse one. */
export const CORE = {
  afterFailure,
  afterRefusal,
  afterSend,
  afterSkip,
  decide,
  migrateTo,
  rederive,
  retryHeld,
  scheduleFrom,
};
export type Core = typeof CORE;

/** More rounds than any enrollment of five steps needs, with all retries, in one moment. */
const ROUNDS = 200;

/**
 * Drives the pure core through a scenario as the runtime does: what is due is decided, and the provider's
 * answers move it on.
 * @param keep what becomes of the state between two actions: a restart would read it back
 */
export async function live(
  scenario: Scenario,
  core: Core = CORE,
  keep: (state: State) => State = (state) => state,
): Promise<Life> {
  const one = new Driver(scenario, await settingOf(scenario), core);
  one.carry();
  for (const action of scenario.actions) {
    one.happen(action);
    one.carry();
    // Hours are looked up by identity; everything else is only data.
    one.state = { ...keep(one.state), hours: one.state.hours };
  }
  one.finish();
  return one;
}

/** Comes to where a history leads, deciding nothing anew. */
export async function replay(scenario: Scenario, history: readonly Happening[]): Promise<State> {
  const one = new Driver(scenario, await settingOf(scenario), CORE);
  for (const happening of history) one.happen(happening);
  return one.state;
}

class Driver implements Life {
  readonly entries: Entry[] = [];
  readonly history: Happening[] = [];
  state: State;
  readonly #scenario: Scenario;
  readonly #setting: Setting;
  readonly #core: Core;

  constructor(scenario: Scenario, setting: Setting, core: Core) {
    this.#scenario = scenario;
    this.#setting = setting;
    this.#core = core;
    const { start: now, hours, date } = scenario;
    this.state = {
      life: "waiting",
      paused: false,
      position: null,
      reason: null,
      edition: 1,
      now,
      hours,
      date,
      suppressed: [],
      calls: 0,
    };
    this.#land(core.scheduleFrom(this.#program, 0, { base: now, now }, this.#situation));
  }

  /** Everything that changes the state comes through here. */
  happen(one: Happening): void {
    this.history.push(one);
    const { state } = this;
    switch (one.kind) {
      case "clock":
        this.state = { ...state, now: state.now + one.ms };
        return;
      case "pause":
        this.state = { ...state, paused: true };
        return;
      case "resume":
        this.state = { ...state, paused: false };
        return;
      case "reply":
        if (this.#isLive) this.state = { ...state, life: "exited" };
        return;
      case "migrate":
        this.state = { ...state, edition: 2 };
        this.#migrate();
        return;
      case "opt_out":
        this.state = { ...state, suppressed: [...state.suppressed, one.channel] };
        return;
      case "date":
        this.state = { ...state, date: one.date };
        this.#rederive("data");
        return;
      case "policy":
        this.state = { ...state, hours: one.hours };
        this.#rederive("policy");
        return;
      case "asked_again":
        this.#retryHeld();
        return;
      case "waits":
        this.state = { ...state, position: one.position };
        return;
      case "exits":
        this.state = { ...state, life: "exited", reason: one.reason };
        return;
      case "holds":
        this.state = { ...state, life: "held", reason: one.reason };
        return;
      case "skips":
        this.#pass(state.position!.step, one.reason);
        this.#land(this.#after("afterSkip"));
        return;
      case "answered":
        this.state = { ...state, calls: state.calls + 1 };
        if (one.answer === "sent") this.#land(this.#after("afterSend"));
        else this.#failed(one.answer, one.channel);
        return;
      case "unsendable":
        this.#follow(this.#core.afterRefusal(this.#program, state.position!, state.now));
    }
  }

  /** Does all that is due at this moment. */
  carry(): void {
    for (let round = 0; round < ROUNDS; round++) {
      const { life, paused, position, now } = this.state;
      if (life !== "waiting" || paused || position === null || position.due > now) return;
      this.happen(this.#decide(position, now));
    }
    throw new Error("it does not come to rest");
  }

  /** Whatever was in its way is over: it comes to its end. */
  finish(): void {
    this.happen({ kind: "resume" });
    if (this.state.date === null) this.happen({ kind: "date", date: "2026-04-20" });
    for (let days = 0; days < 800 && this.#isLive; days++) {
      if (this.state.life === "held") this.happen({ kind: "asked_again" });
      this.carry();
      this.happen({ kind: "clock", ms: DAY / 4 });
    }
  }

  get #isLive(): boolean {
    return this.state.life === "waiting" || this.state.life === "held";
  }

  get #program(): Program {
    return this.#setting.programs[this.state.edition - 1]!;
  }

  get #situation(): Situation {
    const { hours, date, suppressed } = this.state;
    const { person, paid } = this.#scenario;
    const charge = { ...facts.charge, due_on: date, status: paid ? "paid" : "pending" };
    const { email, phone } = person;
    return {
      workspace: {
        policy: policyOf(this.#scenario, hours),
        calendar: this.#setting.calendars.get(hours)!,
        inboxes,
        unsubscribeUrl,
      },
      facts: { ...facts, contact: { ...facts.contact, ...person }, charge },
      reach: { ...reach, email, phone, suppressed },
    };
  }

  #decide(position: Position, now: number): Happening {
    const decision = this.#core.decide(this.#program, position, this.#situation, now);
    switch (decision.kind) {
      case "send":
      case "draft":
        return this.#send(position, decision.message);
      case "wait":
        if (decision.position.due <= now) throw new Error("it waits for what is past");
        return { kind: "waits", position: decision.position };
      case "skip":
        return { kind: "skips", reason: decision.reason };
      case "exit":
        return { kind: "exits", reason: decision.reason };
      case "hold":
        return { kind: "holds", reason: decision.reason };
      case "fail":
        return { kind: "unsendable" };
    }
  }

  #send(position: Position, message: OutgoingMessage): Happening {
    const { answers } = this.#scenario;
    const { now: at, edition, hours, date, suppressed, calls, paused, life } = this.state;
    const answer = answers[calls % answers.length]!;
    const isStopped = paused || life !== "waiting";
    const kind = answer === "sent" ? "sent" : "refused";
    const known = { edition, hours, date, suppressed, isStopped };
    this.entries.push({ kind, at, position, message, ...known });
    return { kind: "answered", answer, channel: message.channel };
  }

  #failed(answer: Exclude<Answer, "sent">, channel: StepChannel): void {
    const { now } = this.state;
    const position = this.state.position!;
    const failure = answer === "snooze" ? { kind: answer, afterMs: 60_000 } : { kind: answer };
    this.#follow(this.#core.afterFailure(this.#program, position, failure, channel, now));
  }

  #follow(after: AfterFailure): void {
    const position = this.state.position!;
    if (after.kind === "again") {
      this.state = { ...this.state, position: after.position };
      return;
    }
    this.#pass(position.step, "failed");
    if (after.kind === "end") this.state = { ...this.state, life: "failed" };
    else this.#land(this.#after("afterSkip"));
  }

  #after(what: "afterSend" | "afterSkip"): Schedule {
    const { now, position } = this.state;
    const { step } = position!;
    return what === "afterSend"
      ? this.#core.afterSend(this.#program, step, now, now, this.#situation)
      : this.#core.afterSkip(this.#program, step, now, this.#situation);
  }

  #migrate(): void {
    const { life, position, reason, now } = this.state;
    if (position === null || !this.#isLive) return;
    const { due: _due, expires: _expires, ...held } = position;
    const current = { ...(life === "held" ? held : position), reason };
    const { step } = position;
    this.#land(this.#core.migrateTo(this.#program, step, current, this.#situation, now));
  }

  #rederive(cause: "data" | "policy"): void {
    const { life, position, now } = this.state;
    if (life === "held") this.#retryHeld();
    if (life !== "waiting" || position === null) return;
    const schedule = this.#core.rederive(this.#program, position, this.#situation, cause, now);
    if (schedule !== null) this.#land(schedule);
  }

  #retryHeld(): void {
    const { position, reason, now } = this.state;
    if (position === null) return;
    const { due: _due, expires: _expires, ...rest } = position;
    this.#land(this.#core.retryHeld(this.#program, { ...rest, reason }, this.#situation, now));
  }

  #land(schedule: Schedule): void {
    for (const { step, reason } of schedule.skipped) this.#pass(step, reason);
    switch (schedule.kind) {
      case "step":
        this.state = { ...this.state, life: "waiting", position: schedule.position, reason: null };
        return;
      case "hold": {
        const { step, base, reason, attempt, failedChannels } = schedule;
        // A held one has no time; what it would be is asked again when it goes on.
        const position = { step, base, attempt, failedChannels, due: base, expires: base };
        this.state = { ...this.state, life: "held", position, reason };
        return;
      }
      case "end":
        this.state = { ...this.state, life: "completed", position: null, reason: null };
    }
  }

  #pass(step: string, reason: string): void {
    this.entries.push({ kind: "passed", step, reason });
  }
}
