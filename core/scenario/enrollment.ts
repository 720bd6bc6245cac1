import {
  afterRefusal,
  afterSend,
  afterSkip,
  chooseChannel,
  decide,
  meetsGoal,
  rederive,
  release,
  scheduleFrom,
  statusEvents,
  type Decision,
  type Held,
  type OutgoingMessage,
  type Position,
  type Program,
  type Schedule,
  type Situation,
} from "../enrollment/index.ts";
import type { FieldValue } from "../facts.ts";
import type { Channel } from "../language/document.ts";
import { World, type Origin } from "./world.ts";
import type { CourseEvent, EndState, EventKind, SentMessage } from "./types.ts";

/** More moves than any scenario makes: a rule that never lets go is a fault of ours. */
const MOST_MOVES = 10_000;

/** One enrollment on a simulated clock, moved by the decisions of `core/enrollment` alone. */
export class Enrollment {
  readonly events: CourseEvent[] = [];
  readonly messages: SentMessage[] = [];
  state: EndState = "active";
  reason: string | null = null;
  private readonly program: Program;
  private readonly world: World;
  private position: Position | null = null;
  private held: Held | null = null;
  private now: number;
  private moves = 0;

  /** @param start epoch ms, like every instant here */
  constructor(program: Program, situation: Situation, start: number) {
    this.program = program;
    this.world = new World(situation, program.sequence.target);
    this.now = start;
    this.place(scheduleFrom(program, 0, { base: start, now: start }, this.world.situation));
  }

  get hasEnded(): boolean {
    return this.state !== "active" && this.state !== "held";
  }

  /** When its step is tried; Infinity while nothing is due. */
  get due(): number {
    return this.position === null ? Infinity : Math.max(this.position.due, this.now);
  }

  /** Tries the step that is due next. */
  advance(): void {
    const { position, program, world } = this;
    if (position === null) throw new Error("nothing is due");
    if (++this.moves > MOST_MOVES) throw new Error(`${program.sequence.id} never comes to an end`);
    this.now = this.due;
    const decision = decide(program, position, world.situation, this.now);
    if (decision.kind === "send" || decision.kind === "draft")
      this.send(position, decision.message);
    else this.move(position, decision);
  }

  /** Data changes. Times in it may count from the scenario's start. */
  set(values: Readonly<Record<string, FieldValue>>, at: number, origin: Origin): void {
    this.now = at;
    this.tell("set", null, words(values));
    const { target } = this.program.sequence;
    const before = this.world.statuses();
    this.world.set(values, origin);
    const after = this.world.statuses();
    const isOurs = (type: string) => type === target || (type === "conversation" && this.hasSent());
    for (const type of ["conversation", "deal", "appointment", "charge"] as const) {
      if (isOurs(type)) this.exitOn(statusEvents(type, before[type], after[type]));
    }
    this.follow();
  }

  /** @param channel that of the last message unless it is given */
  reply(at: number, channel: Channel | null): void {
    this.now = at;
    const inbox = this.world.inboxOfReply(channel, this.messages.at(-1)?.message.inbox ?? null);
    this.tell("reply", null, inbox === null ? null : `to ${inbox}`);
    if (inbox === null) return;
    this.world.receive(inbox, at);
    // A reply is one to what was sent from there; anything else is a message like any other.
    const isReply = this.messages.some(({ message }) => message.inbox === inbox);
    if (isReply) this.exitOn(["reply"]);
    this.follow();
  }

  /** @param channel all of them unless it is given */
  optOut(at: number, channel: Channel | null): void {
    this.now = at;
    this.tell("opt_out", null, channel ?? "every channel");
    this.world.suppress(channel === null ? ["email", "sms", "whatsapp"] : [channel]);
    const next = this.position ?? this.held;
    const compiled =
      next === null ? undefined : this.program.steps[this.program.indexOf(next.step)];
    if (next === null || compiled === undefined) return;
    const { workspace, reach } = this.world.situation;
    const choice = chooseChannel(compiled, workspace, reach, next.failedChannels, at);
    if (choice.kind === "opted_out") this.end("exited", "opted_out");
  }

  resolve(at: number): void {
    this.now = at;
    this.tell("resolve", null, null);
    const before = this.world.statuses().conversation;
    this.world.resolve();
    const isOurs = this.program.sequence.target === "conversation" || this.hasSent();
    if (isOurs) this.exitOn(statusEvents("conversation", before, "resolved"));
    this.follow();
  }

  /** The clock stops here. */
  stop(at: number): void {
    this.now = at;
    this.tell("stopped", this.position?.step ?? null, null);
  }

  private hasSent(): boolean {
    return this.messages.length > 0;
  }

  private exitOn(events: readonly string[]): void {
    const { exitEvents } = this.program.sequence;
    const reason = events.find((event) => exitEvents.includes(event));
    if (reason !== undefined && !this.hasEnded) this.end("exited", reason);
  }

  /** What waits or is held follows data that changed. */
  private follow(): void {
    const { program, world, now, held, position } = this;
    if (this.hasEnded) return;
    if (meetsGoal(program, world.situation)) {
      this.end("exited", "goal");
      return;
    }
    const schedule =
      held !== null
        ? release(program, held, world.situation, now)
        : position && rederive(program, position, world.situation, "data", now);
    if (schedule === null) return;
    const step = schedule.kind === "end" ? null : stepOf(schedule);
    this.tell(held === null ? "rescheduled" : "released", step, null);
    this.place(schedule);
  }

  private send(position: Position, message: OutgoingMessage): void {
    const { step } = position;
    const { now } = this;
    this.messages.push({ step, at: now, message });
    this.events.push({ at: now, kind: "sent", step, detail: message.reason, message });
    this.place(afterSend(this.program, step, now, now, this.world.situation));
  }

  private move(position: Position, decision: Exclude<Decision, { kind: "send" | "draft" }>): void {
    const { program, world, now } = this;
    const { step } = position;
    switch (decision.kind) {
      case "wait":
        this.place({ kind: "step", skipped: [], position: decision.position });
        return;
      case "skip":
        this.tell("skipped", step, decision.reason);
        this.place(afterSkip(program, step, now, world.situation));
        return;
      case "exit":
        this.end("exited", decision.reason);
        return;
      case "hold": {
        const { due: _, expires: __, ...rest } = position;
        this.place({ kind: "hold", skipped: [], ...rest, reason: decision.reason });
        return;
      }
      case "fail":
        this.refuse(position, decision);
    }
  }

  private refuse(position: Position, { code, message }: Extract<Decision, { kind: "fail" }>): void {
    const { program, world, now } = this;
    const { step } = position;
    const next = afterRefusal(program, position, now);
    this.tell(
      next.kind === "again" ? "attempt_failed" : "step_failed",
      step,
      `${code}: ${message}`,
    );
    if (next.kind === "end") this.end("failed", code);
    else if (next.kind === "next") this.place(afterSkip(program, step, now, world.situation));
    else this.place({ kind: "step", skipped: [], position: next.position });
  }

  private place(schedule: Schedule): void {
    for (const { step, reason } of schedule.skipped) this.tell("skipped", step, reason);
    this.position = null;
    this.held = null;
    switch (schedule.kind) {
      case "step":
        this.position = schedule.position;
        [this.state, this.reason] = ["active", null];
        return;
      case "hold": {
        const { kind: _, skipped: __, ...held } = schedule;
        this.held = held;
        [this.state, this.reason] = ["held", held.reason];
        this.tell("held", held.step, held.reason);
        return;
      }
      case "end":
        this.end("completed", null);
    }
  }

  private end(state: "completed" | "exited" | "failed", reason: string | null): void {
    this.tell(state, null, reason);
    [this.state, this.reason] = [state, reason];
    [this.position, this.held] = [null, null];
  }

  private tell(kind: EventKind, step: string | null, detail: string | null): void {
    this.events.push({ at: this.now, kind, step, detail, message: null });
  }
}

function stepOf(schedule: Exclude<Schedule, { kind: "end" }>): string {
  return schedule.kind === "step" ? schedule.position.step : schedule.step;
}

function words(values: Readonly<Record<string, FieldValue>>): string {
  return Object.entries(values)
    .map(([path, value]) => `${path} = ${value === null ? "nothing" : JSON.stringify(value)}`)
    .join(", ");
}
