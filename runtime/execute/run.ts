import type { Clock } from "../../core/clock.ts";
import type { ChunkRun } from "../../store/claim.ts";
import type { Db } from "../../store/database.ts";
import type { Channels } from "../channels/registry.ts";
import type { Engine } from "../engine.ts";
import type { Log } from "../log.ts";
import type { RateLimits } from "./rate-limits.ts";

/** What the execution of chunks works with. */
export interface Execution {
  readonly db: Db;
  readonly clock: Clock;
  readonly engine: Engine;
  readonly channels: Channels;
  readonly limits: RateLimits;
  readonly log: Log;
}

/** One execution of a chunk, while it is under way. */
export interface Run extends ChunkRun {
  /** The job expired, the server stops, or too little time is left for another wave. */
  mustStop(): boolean;
}
