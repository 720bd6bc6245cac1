import { readValue } from "../../core/library/read-value.ts";
import { settleValues } from "../../core/library/settle.ts";
import type { FileOf, TemplateParameter } from "../../schemas/index.ts";
import { UsageError, type Io } from "../io.ts";
import { visible } from "../output/visible.ts";
import type { Prompt } from "../prompt.ts";

/**
 * Every parameter's value: as given, asked for at a terminal where one is missing, or its default.
 * @param set as on the command line: `name=value`
 * @throws UsageError with everything that is wrong or missing at once, or when the person cancels
 */
export async function collectValues(
  { id, parameters = {} }: FileOf["SequenceTemplate"],
  set: readonly string[],
  io: Io,
): Promise<ReadonlyMap<string, string>> {
  const given = readPairs(set);
  const { values, missing, problems } = settleValues(parameters, given);
  const canAsk = io.prompt !== undefined && problems.length === 0;
  if (problems.length === 0 && missing.length === 0) return values;
  if (!canAsk) {
    const lines = [
      ...problems.map(({ message }) => message),
      ...missing.map((name) => `${name} is missing: ${describe(parameters[name]!)}`),
    ];
    const told = lines.map((line) => `\n  ${visible(line)}`).join("");
    throw new UsageError(`${id} needs other values; give each with --set name=value:${told}`);
  }
  // Whoever is asked at all is asked for the rest, too, and can leave it as it is.
  const open = Object.keys(parameters).filter((name) => !given.has(name));
  const asked = await askFor(open, parameters, io);
  return new Map([...values, ...asked]);
}

function readPairs(set: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const pair of set) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`--set ${pair} is not of the form name=value`);
    const name = pair.slice(0, at).trim();
    if (given.has(name)) throw new UsageError(`--set gives ${name} twice`);
    given.set(name, pair.slice(at + 1));
  }
  return given;
}

async function askFor(
  names: readonly string[],
  parameters: Readonly<Record<string, TemplateParameter>>,
  io: Io,
): Promise<ReadonlyMap<string, string>> {
  const prompt = await io.prompt!();
  try {
    const answers = new Map<string, string>();
    for (const name of names) answers.set(name, await askOne(name, parameters[name]!, prompt, io));
    return answers;
  } finally {
    prompt.close();
  }
}

async function askOne(
  name: string,
  parameter: TemplateParameter,
  prompt: Prompt,
  io: Io,
): Promise<string> {
  io.err(`${visible(describe(parameter))}\n`);
  for (;;) {
    const usual = parameter.default === undefined ? null : String(parameter.default);
    const answer = await prompt.ask(usual === null ? `${name}: ` : `${name} [${usual}]: `);
    if (answer === null) throw new UsageError("cancelled; nothing was written");
    const read = readValue(parameter, answer.trim() === "" ? (usual ?? answer) : answer);
    if ("text" in read) return read.text;
    io.err(`  ${visible(`${read.problem}; ${read.hint}`)}\n`);
  }
}

/** `What the practice is called. (text, such as Harbour Dental)` */
function describe({ type, description, example, options }: TemplateParameter): string {
  const what = options === undefined ? type : `one of ${options.join(", ")}`;
  const such = example === undefined || options !== undefined ? "" : `, such as ${example}`;
  return `${description} (${what}${such})`;
}
