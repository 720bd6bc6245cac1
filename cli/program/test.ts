import { InvalidArgumentError } from "commander";
import { output, type Register } from "./common.ts";

/** `test`. */
export const addTest: Register = (program, io, report) => {
  program
    .command("test")
    .description("run the scenarios (kind: SequenceTest) on a simulated clock; offline")
    .argument("[filter]", "only tests whose id, file or sequence contains this")
    .option("--update", "write the snapshots anew, and remove those that no test has")
    .option("--coverage", "tell which steps, conditions and exits no scenario reached")
    .option("--coverage-min <percent>", "fail below this coverage of all sequences", percent)
    .addOption(output("pretty", "json", "junit"))
    .action(async (filter: string | undefined, options) => {
      const { test } = await import("../commands/test.ts");
      report(await test(filter, { ...program.opts(), ...options }, io));
    });
};

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError("it is a number from 0 to 100.");
}
