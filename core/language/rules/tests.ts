import { checkFile } from "../../../schemas/index.ts";
import { withArticle } from "../../article.ts";
import { didYouMean } from "../../did-you-mean.ts";
import type { FieldValue } from "../../facts.ts";
import { toDateValue } from "../../time/index.ts";
import type { FieldInfo } from "../../template/index.ts";
import type { Model, Resource } from "../model.ts";
import { instantOfMoment, parseMoment } from "../moment.ts";
import { parseRelativeTime } from "../relative-time.ts";
import { fieldAt, pathsOf } from "../scope.ts";
import type { Path } from "../source.ts";
import { quoted, readAs } from "./number-like.ts";
import { checkSample } from "./personas.ts";

type Test = Resource<"SequenceTest">;
type Sequence = Resource<"Sequence">;

const MOMENT = 'write "+3 hours", "+2 days 10:00", "2026-03-04T10:00", or with an offset';

/** A test's sequence, persona, steps, moments and values exist and can be read. */
export function tests(model: Model): void {
  for (const test of model.tests) {
    if (!model.isWhole(test.file)) continue;
    const sequence = checkSequence(model, test);
    checkData(model, test, sequence);
    checkSample(model, test);
    checkMoments(model, test);
    checkGiven(model, test, sequence);
    checkExpected(model, test, sequence);
  }
}

function checkSequence(model: Model, { file, value }: Test): Sequence | undefined {
  const { sequence: id } = value;
  const found = model.sequences.find((sequence) => sequence.value.id === id);
  if (found !== undefined || model.mayExist("Sequence", id)) return found;
  const known = model.sequences.map((sequence) => sequence.value.id);
  model.at(
    file,
    ["sequence"],
    "unknown-reference",
    `there is no Sequence "${id}"`,
    near(id, known),
  );
  return undefined;
}

/** Somebody is enrolled, and has what the sequence is about. */
function checkData(model: Model, { file, value }: Test, sequence: Sequence | undefined): void {
  const { persona: id } = value;
  const persona = model.personas.find((one) => one.value.id === id);
  if (id !== undefined && persona === undefined) {
    if (model.mayExist("Persona", id)) return;
    const known = model.personas.map((one) => one.value.id);
    model.at(
      file,
      ["persona"],
      "unknown-reference",
      `there is no Persona "${id}"`,
      near(id, known),
    );
    return;
  }
  if (id === undefined && value.contact === undefined) {
    const hint = "add persona: <id>, or contact: { … }";
    model.at(file, [], "scenario-data", "nobody is enrolled", hint);
    return;
  }
  const target = sequence?.value.target;
  if (target === undefined || value[target] !== undefined) return;
  if (persona !== undefined && persona.value[target] !== undefined) return;
  const message = `${sequence?.value.id} is about ${withArticle(target)}, and ${id ?? "this test"} has none`;
  const path: Path = id === undefined ? ["sequence"] : ["persona"];
  model.at(file, path, "scenario-data", message, `add ${target}: { … } to it`);
}

function checkMoments(model: Model, { file, value }: Test): void {
  const { start, until, given = [], expect } = value;
  const check = (text: string | undefined, path: Path, hint = MOMENT) => {
    const moment = text === undefined ? undefined : parseMoment(text);
    if (moment === null) {
      model.at(file, path, "scenario-time", `${JSON.stringify(text)} is no moment`, hint);
    }
    return moment ?? undefined;
  };
  const START = 'write "2026-03-02T09:00", or with an offset';
  const began = check(start, ["start"], START);
  if (began?.kind === "relative") {
    model.at(file, ["start"], "scenario-time", `"${start}" counts from nothing`, START);
    return;
  }
  const places: (readonly [string | undefined, Path])[] = [
    [until, ["until"]],
    ...given.map(({ at }, index) => [at, ["given", index, "at"]] as const),
    ...(expect.messages ?? []).map(
      ({ at }, index) => [at, ["expect", "messages", index, "at"]] as const,
    ),
  ];
  for (const [text, path] of places) {
    const moment = check(text, path);
    if (moment === undefined || began === undefined || moment.kind !== began.kind) {
      // What counts backwards is before the start, whatever that is.
      if (moment?.kind === "relative" && text?.startsWith("-")) early(path, text);
      continue;
    }
    const [first, at] = [instantOfMoment(began, 0, "UTC"), instantOfMoment(moment, 0, "UTC")];
    if (at < first) early(path, text ?? "");
  }

  function early(path: Path, text: string): void {
    const message = `"${text}" is before the start, ${start}`;
    model.at(file, path, "scenario-time", message, "a scenario begins with the enrollment");
  }
}

function checkGiven(model: Model, { file, value }: Test, sequence: Sequence | undefined): void {
  for (const [index, { event, set, channel }] of (value.given ?? []).entries()) {
    const path: Path = ["given", index];
    if (event === undefined && set === undefined) {
      const hint = "add event: reply, opt_out or resolve, or set: { variable: value }";
      model.at(file, [...path, "at"], "scenario-event", "nothing happens here", hint);
    } else if (event === "set" && set === undefined) {
      const hint = "add set: { charge.status: paid }";
      model.at(file, [...path, "event"], "scenario-event", "no data is set", hint);
    } else if (event !== undefined && event !== "set" && set !== undefined) {
      const hint = "make it two, each with its own at";
      model.atKey(file, [...path, "set"], "scenario-event", `${event} sets no data`, hint);
    }
    if (channel !== undefined && event !== "reply" && event !== "opt_out") {
      const message = "only a reply and an opt_out happen on a channel";
      model.atKey(file, [...path, "channel"], "scenario-event", message);
    }
    if (sequence === undefined) continue;
    for (const [variable, given] of Object.entries(set ?? {})) {
      checkSet(model, file, [...path, "set", variable], sequence, variable, given);
    }
  }
}

/** Roots that no service can change. */
const FIXED = new Set(["workspace", "enrollment", "unsubscribe_url"]);

function checkSet(
  model: Model,
  file: Test["file"],
  path: Path,
  { value: { target } }: Sequence,
  variable: string,
  given: FieldValue,
): void {
  const scope = {
    ...model.scope(target),
    conversation: model.scope("conversation")["conversation"]!,
  };
  const field = fieldAt(scope, variable);
  if (field === undefined) {
    if (model.mayDeclare(variable)) return;
    const message = `there is no variable ${variable} about ${withArticle(target)}`;
    model.atKey(file, path, "unknown-variable", message, near(variable, pathsOf(scope)));
    return;
  }
  const [root = "", name] = variable.split(".");
  if (FIXED.has(root) || name === "id" || name === "contact_id") {
    model.atKey(file, path, "scenario-value", `${variable} does not change`);
    return;
  }
  if (given === null) return;
  if (!fits(field, given)) {
    if (field.type === "text" && (typeof given === "number" || typeof given === "boolean")) {
      const message = `${variable} is text, and ${readAs(file, path, given)}`;
      model.at(file, path, "scenario-value", message, quoted(file, path));
      return;
    }
    const message = `${variable} is ${article(field.type)}, and ${JSON.stringify(given)} is none`;
    model.at(file, path, "scenario-value", message, HINTS[field.type]);
    return;
  }
  const choices = choicesOf(root, name, given);
  if (choices === null) return;
  const message = `${variable} is never ${JSON.stringify(given)}`;
  model.at(file, path, "scenario-value", message, near(String(given), choices));
}

/** What a field may be instead, where it has a closed list of values and this is none of them. */
function choicesOf(root: string, field = "", given: FieldValue): readonly string[] | null {
  const sample = { kind: "Persona", id: "sample", contact: {}, [root]: { [field]: given } };
  const found = checkFile("Persona", sample).find(({ keyword }) => keyword === "enum");
  return found === undefined ? null : (found.params["allowedValues"] as readonly string[]);
}

function fits({ type }: FieldInfo, given: Exclude<FieldValue, null>): boolean {
  switch (type) {
    case "number":
    case "currency":
      return typeof given === "number";
    case "boolean":
      return typeof given === "boolean";
    case "list":
      return Array.isArray(given);
    case "date":
    case "datetime":
      if (typeof given !== "string") return false;
      return parseRelativeTime(given) !== null || toDateValue(given) !== null;
    case "text":
    case "link":
      return typeof given === "string";
  }
}

const HINTS: Readonly<Partial<Record<FieldInfo["type"], string>>> = {
  boolean: "write true or false",
  currency: "write a number",
  number: "write a number",
  date: 'write "2026-12-24", or "+3 days" from the start',
  datetime: 'write "2026-12-24T10:00:00Z", or "+3 days 10:00" from the start',
  list: "write [one, two]",
  text: "write it in quotes",
};

function article(type: FieldInfo["type"]): string {
  if (type === "text") return "text";
  return type === "currency" ? "an amount" : `a ${type}`;
}

function checkExpected(model: Model, { file, value }: Test, sequence: Sequence | undefined): void {
  const ids = sequence?.value.steps.map((step) => step.id) ?? [];
  const isKnown = sequence !== undefined && model.isWhole(sequence.file);
  for (const [index, { step, inbox }] of (value.expect.messages ?? []).entries()) {
    const path: Path = ["expect", "messages", index];
    if (isKnown && !ids.includes(step)) {
      const message = `${sequence.value.id} has no step "${step}"`;
      model.at(file, [...path, "step"], "scenario-step", message, near(step, ids));
    }
    if (inbox === undefined || model.inboxes.has(inbox) || model.mayExist("Inbox", inbox)) continue;
    const hint = near(inbox, [...model.inboxes.keys()]);
    model.at(file, [...path, "inbox"], "unknown-reference", `there is no Inbox "${inbox}"`, hint);
  }
}

function near(given: string, known: readonly string[]): string {
  const guess = didYouMean(given, known);
  if (guess !== undefined) return `did you mean "${guess}"?`;
  return known.length > 12
    ? `there are ${known.length} others`
    : `there are: ${known.join(", ") || "none"}`;
}
