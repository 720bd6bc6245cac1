import { afterFailure, type AfterFailure } from "./failure.ts";
import type { Program } from "./program.ts";
import type { Position } from "./types.ts";

/** What follows when no channel could take a step: nothing was tried at a provider. */
export function afterRefusal(program: Program, position: Position, now: number): AfterFailure {
  const step = program.steps[program.indexOf(position.step)]?.step;
  if (step === undefined) throw new Error(`${program.sequence.id} has no step ${position.step}`);
  const { failedChannels } = position;
  const tried = step.on_failure.channels.find((channel) => !failedChannels.includes(channel));
  const channel = failedChannels.length === 0 ? step.channel : (tried ?? step.channel);
  return afterFailure(program, position, { kind: "permanent" }, channel, now);
}
