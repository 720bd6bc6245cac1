import { NOBODY_MOVED, type Finish, type Moved } from "../../store/finish.ts";
import { openIntents, type Intent } from "../../store/intents.ts";
import { turnWave } from "../../store/turn-wave.ts";
import type { Execution, Run } from "./run.ts";
import { finishSurely, isPassing, throughOutages, together } from "./settled.ts";

/**
 * What has happened to one inbox's sends and is not recorded yet. It is recorded with the statement that opens
 * the next wave, or else by `settle`: no wave begins before the one before it is on record.
 */
export class Ledger {
  readonly #execution: Execution;
  readonly #run: Run;
  #unrecorded: readonly Finish[] = [];
  #moved: Moved = NOBODY_MOVED;

  constructor(execution: Execution, run: Run) {
    this.#execution = execution;
    this.#run = run;
  }

  /** The enrollments that moved on by what is recorded. */
  get moved(): Moved {
    return this.#moved;
  }

  note(finishes: readonly Finish[]): void {
    this.#unrecorded = [...this.#unrecorded, ...finishes];
  }

  /** Records it. */
  async settle(): Promise<void> {
    this.#recorded(await finishSurely(this.#execution, this.#run, this.#unrecorded));
  }

  /**
   * Records it and opens a wave.
   * @param intentsOf by the time at which they are opened, epoch ms
   * @returns as `openIntents` does
   */
  async turn(intentsOf: (now: number) => readonly Intent[]): Promise<ReadonlyMap<string, string>> {
    const { db, clock } = this.#execution;
    const open = <T>(by: (intents: readonly Intent[], now: number) => Promise<T>) =>
      throughOutages(() => {
        const now = clock.now();
        return by(intentsOf(now), now);
      });
    if (this.#unrecorded.length > 0) {
      try {
        const { moved, messages } = await open((intents, now) =>
          turnWave(db, this.#run, this.#unrecorded, intents, now),
        );
        this.#recorded(moved);
        return messages;
      } catch (error) {
        if (isPassing(error)) throw error;
        // A row that the database refuses: what has happened is recorded without it.
        await this.settle();
      }
    }
    return open((intents, now) => openIntents(db, this.#run, intents, now));
  }

  #recorded(moved: Moved): void {
    this.#unrecorded = [];
    this.#moved = together([this.#moved, moved]);
  }
}
