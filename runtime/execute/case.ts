import type { Position, Program, Situation } from "../../core/enrollment/index.ts";
import type { ClaimedEnrollment } from "../../store/chunk-load.ts";

/** One enrollment of a chunk, decided. */
export interface Case {
  readonly row: ClaimedEnrollment;
  readonly program: Program;
  readonly situation: Situation;
  readonly position: Position;
}
