import { keepHeapSmall } from "../../runtime/memory.ts";
import { answerParent } from "./contender.ts";
import { startEngine } from "./engine.ts";
import { ENROLLED } from "./waiting.ts";

/**
 * A worker process whose clock runs, from wherever an order puts it; nobody tells it that something is due.
 * Tells the instants (epoch ms of that clock) at which its channel took messages.
 */
keepHeapSmall();
let offset = ENROLLED - Date.now();
const clock = { now: () => Date.now() + offset };
let done = 0;
let sent: number[] = [];
await startEngine(clock, () => {
  done += 1;
  sent.push(clock.now());
});
answerParent(
  ({ at, given }) => void (offset = at - given),
  () => {
    const told = { done, sent };
    sent = [];
    return told;
  },
);
