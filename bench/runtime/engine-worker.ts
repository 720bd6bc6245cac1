import { keepHeapSmall } from "../../runtime/memory.ts";
import { answerParent } from "./contender.ts";
import { startEngine } from "./engine.ts";
import { ENROLLED } from "./waiting.ts";

/** A worker process of the engine. Its clock stands where the last order put it. */
keepHeapSmall();
let now = ENROLLED;
let done = 0;
const runtime = await startEngine({ now: () => now }, () => void (done += 1));
answerParent(
  ({ at }) => {
    now = at;
    runtime.kick();
  },
  () => ({ done }),
);
