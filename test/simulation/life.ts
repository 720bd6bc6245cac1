import {
  afterFailure,
  afterSend,
  afterSkip,
  compileProgram,
  decide,
  rederive,
  retryHeld,
  scheduleFrom,
  type OutgoingMessage,
  type Position,
  type Program,
  type Schedule,
  type Situation,
} from "../../core/enrollment/index.ts";
import type { Channel } from "../../core/language/document.ts";
import type { Policy, SendHours } from "../../core/language/policy.ts";
import { loadCalendar, type Calendar } from "../../core/time/index.ts";
import { facts, inboxes, policy, reach, unsubscribeUrl } from "../core/enrollment/fixtures.ts";
import { DAY, type Action, type Scenario } from "./scenario.ts";

/** What the world would see, in order. */
export type Entry =
  | {
      readonly kind: "sent" | "refused";
      readonly at: number;
      readonly position: Position;
      readonly message: OutgoingMessage;
      readonly edition: number;
      readonly hours: SendHours | null;
      readonly date: string | null;
      readonly suppressed: readonly Channel[];
      readonly isStopped: boolean;
    }
  | { readonly kind: "passed"; readonly step: string; readonly reason: string };

/** An enrollment between two things that happen to it: plain data, as a database would keep it. */
export interface State {
  readonly life: "waiting" | "held" | "completed" | "exited" | "failed";
  readonly paused: boolean;
  readonly position: Position | null;
  readonly reason: string | null;
  readonly edition: number;
  readonly now: number;
  readonly hours: SendHours | null;
  readonly date: string | null;
  readonly suppressed: readonly Channel[];
  readonly calls: number;
}

export interface Life {
  readonly entries: readonly Entry[];
  readonly state: State;
}

/** More rounds than any enrollment of five steps needs, with all retries, in one moment. */
const ROUNDS = 200;

/**
 * Drives the pure core through a scenario as the runtime does: what is due is decided, and the provider's
 * answers move it on.
 * @param keep what becomes of the state between two actions: a restart would read it back
 */
export async function live(
  scenario: Scenario,
  keep: (state: State) => State = (state) => state,
): Promise<Life> {
  const programs = [1, 2].map((edition) => programOf(scenario, edition));
  const calendars = new Map<SendHours | null, Calendar>();
  for (const hours of hoursOf(scenario)) {
    calendars.set(hours, await loadCalendar(policyOf(scenario, hours)));
  }
  const one = new Driver(scenario, programs, calendars);
  for (const action of scenario.actions) {
    one.apply(action);
    one.carry();
    // Hours are looked up by identity; everything else is only data.
    one.state = { ...keep(one.state), hours: one.state.hours };
  }
  one.finish();
  return { entries: one.entries, state: one.state };
}

class Driver {
  readonly entries: Entry[] = [];
  state: State;
  readonly #scenario: Scenario;
  readonly #programs: readonly Program[];
  readonly #calendars: ReadonlyMap<SendHours | null, Calendar>;

  constructor(
    scenario: Scenario,
    programs: readonly Program[],
    calendars: ReadonlyMap<SendHours | null, Calendar>,
  ) {
    this.#scenario = scenario;
    this.#programs = programs;
    this.#calendars = calendars;
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
    this.#land(scheduleFrom(this.#program, 0, { base: now, now }, this.#situation));
    this.carry();
  }

  apply(action: Action): void {
    const { state } = this;
    switch (action.kind) {
      case "clock":
        this.state = { ...state, now: state.now + action.ms };
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
        return;
      case "opt_out":
        this.state = { ...state, suppressed: [...state.suppressed, action.channel] };
        return;
      case "date":
        this.state = { ...state, date: action.date };
        this.#rederive("data");
        return;
      case "policy":
        this.state = { ...state, hours: action.hours };
        this.#rederive("policy");
    }
  }

  /** Does all that is due at this moment. */
  carry(): void {
    for (let round = 0; round < ROUNDS; round++) {
      const { life, paused, position, now } = this.state;
      if (life !== "waiting" || paused || position === null || position.due > now) return;
      this.#decide(position, now);
    }
    throw new Error("it does not come to rest");
  }

  /** Whatever was in its way is over: it comes to its end. */
  finish(): void {
    this.state = { ...this.state, paused: false };
    if (this.state.date === null) this.apply({ kind: "date", date: "2026-04-20" });
    for (let days = 0; days < 800 && this.#isLive; days++) {
      if (this.state.life === "held") this.#retryHeld();
      this.carry();
      this.state = { ...this.state, now: this.state.now + DAY / 4 };
    }
  }

  get #isLive(): boolean {
    return this.state.life === "waiting" || this.state.life === "held";
  }

  get #program(): Program {
    return this.#programs[this.state.edition - 1]!;
  }

  get #situation(): Situation {
    const { hours, date, suppressed } = this.state;
    const charge = {
      ...facts.charge,
      due_on: date,
      status: this.#scenario.paid ? "paid" : "pending",
    };
    return {
      workspace: {
        policy: policyOf(this.#scenario, hours),
        calendar: this.#calendars.get(hours)!,
        inboxes,
        unsubscribeUrl,
      },
      facts: { ...facts, charge },
      reach: { ...reach, suppressed },
    };
  }

  #decide(position: Position, now: number): void {
    const program = this.#program;
    const situation = this.#situation;
    const decision = decide(program, position, situation, now);
    switch (decision.kind) {
      case "send":
      case "draft":
        this.#send(position, decision.message);
        return;
      case "wait":
        if (decision.position.due <= now) throw new Error("it waits for what is past");
        this.state = { ...this.state, position: decision.position };
        return;
      case "skip":
        this.#pass(position.step, decision.reason);
        this.#land(afterSkip(program, position.step, now, situation));
        return;
      case "exit":
        this.state = { ...this.state, life: "exited", reason: decision.reason };
        return;
      case "hold":
        this.state = { ...this.state, life: "held", reason: decision.reason };
        return;
      case "fail":
        this.#failed(
          position,
          "permanent",
          program.steps[program.indexOf(position.step)]!.step.channel,
        );
    }
  }

  #send(position: Position, message: OutgoingMessage): void {
    const { answers } = this.#scenario;
    const { now, edition, hours, date, suppressed, calls, paused, life } = this.state;
    const answer = answers[calls % answers.length]!;
    const isStopped = paused || life !== "waiting";
    const kind = answer === "sent" ? "sent" : "refused";
    this.entries.push({
      kind,
      at: now,
      position,
      message,
      edition,
      hours,
      date,
      suppressed,
      isStopped,
    });
    this.state = { ...this.state, calls: calls + 1 };
    if (answer !== "sent") {
      this.#failed(position, answer, message.channel);
      return;
    }
    this.#land(afterSend(this.#program, position.step, now, now, this.#situation));
  }

  #failed(
    position: Position,
    answer: "retry" | "snooze" | "permanent",
    channel: Position["failedChannels"][number],
  ): void {
    const { now } = this.state;
    const failure = answer === "snooze" ? { kind: answer, afterMs: 60_000 } : { kind: answer };
    const after = afterFailure(this.#program, position, failure, channel, now);
    if (after.kind === "again") {
      this.state = { ...this.state, position: after.position };
      return;
    }
    this.#pass(position.step, "failed");
    if (after.kind === "end") this.state = { ...this.state, life: "failed" };
    else this.#land(afterSkip(this.#program, position.step, now, this.#situation));
  }

  #rederive(cause: "data" | "policy"): void {
    const { life, position, now } = this.state;
    if (life === "held") this.#retryHeld();
    if (life !== "waiting" || position === null) return;
    const schedule = rederive(this.#program, position, this.#situation, cause, now);
    if (schedule !== null) this.#land(schedule);
  }

  #retryHeld(): void {
    const { position, reason, now } = this.state;
    if (position === null) return;
    const { due: _due, expires: _expires, ...rest } = position;
    this.#land(retryHeld(this.#program, { ...rest, reason }, this.#situation, now));
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

function hoursOf({ hours, actions }: Scenario): Set<SendHours | null> {
  return new Set([hours, ...actions.flatMap((one) => (one.kind === "policy" ? [one.hours] : []))]);
}

function policyOf({ zone, week }: Scenario, hours: SendHours | null): Policy {
  const business_days = { ...policy.business_days, week };
  return { ...policy, timezone: zone, business_days, send_hours: hours };
}

function programOf({ steps }: Scenario, edition: number): Program {
  const pinned = steps.map((step) => ({
    ...step,
    content: { type: "text", subject: "s", body: `${step.id} of ${edition}` } as const,
  }));
  return compileProgram({ format: 1, id: "test", target: "charge", steps: pinned });
}
