import { didYouMean } from "../did-you-mean.ts";
import type { FileOf, TemplateParameter } from "../../schemas/index.ts";
import { readValue } from "./read-value.ts";

type Parameters = FileOf["SequenceTemplate"]["parameters"];

/** One thing that keeps a template from being applied. */
interface Problem {
  readonly parameter: string;
  readonly message: string;
}

interface Settled {
  /** By parameter, as they are put into texts. */
  readonly values: ReadonlyMap<string, string>;
  /** Parameters without a value and without a default. */
  readonly missing: readonly string[];
  /** Values that are not of their parameter's type, and parameters that do not exist. */
  readonly problems: readonly Problem[];
}

/** What is given, with the defaults of what is not: everything that is wrong with it at once. */
export function settleValues(
  parameters: Parameters = {},
  given: ReadonlyMap<string, string>,
): Settled {
  const names = Object.keys(parameters);
  const values = new Map<string, string>();
  const missing: string[] = [];
  const problems: Problem[] = [];
  for (const name of given.keys()) {
    if (Object.hasOwn(parameters, name)) continue;
    const near = didYouMean(name, names);
    const hint = near ? `did you mean ${near}?` : `there are: ${names.join(", ") || "none"}`;
    problems.push({ parameter: name, message: `there is no parameter ${name}; ${hint}` });
  }
  for (const [name, parameter] of Object.entries(parameters)) {
    const value = given.get(name) ?? parameter.default;
    if (value === undefined) {
      missing.push(name);
      continue;
    }
    const read = readValue(parameter, value);
    if ("text" in read) values.set(name, read.text);
    else problems.push({ parameter: name, message: `${name}: ${read.problem}; ${read.hint}` });
  }
  return { values, missing, problems };
}

const SAMPLES: Readonly<Record<Exclude<TemplateParameter["type"], "choice">, string>> = {
  text: "Example",
  number: "1",
  boolean: "true",
  date: "2026-12-24",
  duration: "1 day",
  time: "10:00",
  link: "https://example.com/",
};

/** A value of each parameter to show and check the template with: its example, else its default. */
export function sampleValues(parameters: Parameters = {}): ReadonlyMap<string, string> {
  const samples = Object.entries(parameters).map(([name, parameter]) => {
    const { type, example, default: usual, options } = parameter;
    const given = example ?? usual;
    const read = given === undefined ? null : readValue(parameter, given);
    const plain = type === "choice" ? (options?.[0] ?? "-") : SAMPLES[type];
    return [name, read !== null && "text" in read ? read.text : plain] as const;
  });
  return new Map(samples);
}
