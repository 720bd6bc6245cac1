export { askedFor, chooseChannel, WHATSAPP_WINDOW_MS, type Choice } from "./channel.ts";
export { decide, meetsGoal } from "./decide.ts";
export { afterFailure, type AfterFailure, type Failure } from "./failure.ts";
export { statusEvents } from "./exits.ts";
export { htmlOf } from "./markup.ts";
export { mapStep, migrateTo, type MappedStep, type StepMap } from "./migrate.ts";
export { compileProgram, type CompiledStep, type Program } from "./program.ts";
export { rederive, release, retryHeld, type Held } from "./rederive.ts";
export { afterRefusal } from "./refusal.ts";
export {
  afterSend,
  afterSkip,
  reschedule,
  scheduleFrom,
  zoneOf,
  type Waiting,
} from "./schedule.ts";
export { reachOf, sampleSituation, sampleZone } from "./sample.ts";
export { isTriggeredBy, isTriggeredBySilence } from "./triggers.ts";
export { simulate, type SimulatedStep } from "./simulate.ts";
export type * from "./types.ts";
