import type { FileOf } from "../../../schemas/index.ts";
import { parseDuration, parseTimeOfDay } from "../../time/index.ts";
import { contentOf, type Words } from "../contents.ts";
import {
  FORMAT,
  type CanonicalDocument,
  type CanonicalStep,
  type Channel,
  type Content,
  type OnFailure,
  type TemplateUse,
  type Trigger,
  type VariantSet,
} from "../document.ts";
import type { Model, Resource } from "../model.ts";
import type { StepOf, StepValue } from "../steps.ts";
import { candidatesOf } from "./whatsapp.ts";

/**
 * A valid sequence as its canonical document: self-contained, and without any key whose value is the
 * default. The defaults themselves live in `expand`.
 */
export function normalizeSequence(model: Model, sequence: Resource<"Sequence">): CanonicalDocument {
  const { value } = sequence;
  return compact({
    format: FORMAT,
    id: value.id,
    name: value.name,
    description: value.description,
    purpose: unless(value.purpose, "transactional"),
    target: value.target,
    enroll: enrollOf(value.enroll),
    triggers: value.triggers?.length ? value.triggers.map(triggerOf) : undefined,
    exit: exitOf(value.exit),
    steps: model.stepsOf(sequence).map((step) => stepOf(model, step)),
  });
}

function stepOf(model: Model, found: StepOf): CanonicalStep {
  const { step, sequence, wait, index } = found;
  if (wait === null) throw new Error(`${sequence.value.id}: an invalid wait reached normalization`);
  const expires = step.expires_after === undefined ? null : parseDuration(step.expires_after);
  return compact({
    id: step.id,
    name: step.name,
    wait,
    at: step.at === undefined ? undefined : clockTime(step.at),
    if: step.if,
    if_past: unless(step.if_past, "skip"),
    expires_after:
      expires === null || (expires.n === 2 && expires.unit === "day") ? undefined : expires,
    channel: unless(step.channel, "automatic"),
    inbox: step.inbox,
    compose: unless(step.compose, "static"),
    ai: step.ai,
    content: normalizeContent(model, found),
    outside_window: step.outside_window && useOf(model, step.outside_window),
    on_failure: failureOf(step),
    source: { file: sequence.file.path, line: sequence.file.stepLines[index] ?? 1 },
  });
}

/** `9:30` and `09:30` are one time. */
function clockTime(text: string): string {
  const minutes = parseTimeOfDay(text);
  if (minutes === null) throw new Error(`${text} is no time of day`);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function normalizeContent(model: Model, found: StepOf): Content {
  const content = contentOf(model, found);
  if (content.kind === "missing")
    throw new Error(`there is no message template ${content.message}`);
  if (content.kind === "template") return { type: "template", ...useOf(model, content.use) };
  const { words } = content;
  const languages = withoutEmpty(mapValues(words.languages, variants));
  const common = { ...variants(words), ...(isEmpty(languages) ? {} : { languages }) };
  if (words.type === "text") return { type: "text", ...common };
  const { body = "", ...rest } = common;
  const { source } = words;
  if (typeof source === "string" || source.type !== "rich") return { type: "rich", body, ...rest };
  const { buttons = [], attachments = [] } = source;
  return {
    type: "rich",
    body,
    ...rest,
    ...(buttons.length === 0 ? {} : { buttons }),
    ...(attachments.length === 0 ? {} : { attachments }),
  };
}

function variants(words: Pick<Words, "subject" | "body" | "channels">): VariantSet {
  const pairs = mapValues(words.channels, ({ subject, body }) =>
    compact({ subject: trimmed(subject), body: trimmed(body) }),
  );
  const channels = withoutEmpty(pairs);
  return compact({
    subject: trimmed(words.subject),
    body: trimmed(words.body),
    channels: isEmpty(channels) ? undefined : (channels as { [channel in Channel]?: VariantSet }),
  });
}

/** Trailing newlines are a matter of YAML's block style, and never said. */
function trimmed(text: string | undefined): string | undefined {
  return text?.replace(/\n+$/, "");
}

function useOf(
  model: Model,
  use: { readonly template: string; readonly parameters?: TemplateUse["parameters"] },
): TemplateUse {
  const { parameters } = use;
  const none = parameters === undefined || Object.keys(parameters).length === 0;
  return { candidates: candidatesOf(model, use.template), ...(none ? {} : { parameters }) };
}

function enrollOf(enroll: FileOf["Sequence"]["enroll"]) {
  const found = compact({
    reenroll: unless(enroll?.reenroll, "after_end"),
    one_per: unless(enroll?.one_per, "target"),
  });
  return isEmpty(found) ? undefined : found;
}

function exitOf(exit: FileOf["Sequence"]["exit"]) {
  const isDefault = exit?.events?.length === 1 && exit.events[0] === "reply";
  const found = compact({ events: isDefault ? undefined : exit?.events, goal: exit?.goal });
  return isEmpty(found) ? undefined : found;
}

function triggerOf(trigger: NonNullable<FileOf["Sequence"]["triggers"]>[number]): Trigger {
  if ("event" in trigger) return compact({ event: trigger.event, if: trigger.if });
  const inactive = parseDuration(trigger.inactive);
  if (inactive === null) throw new Error(`${trigger.inactive} is no length of time`);
  return compact({ inactive, if: trigger.if });
}

function failureOf({ on_failure: given }: StepValue): OnFailure | undefined {
  const found = compact({
    retry: unless(given?.retry, 5),
    channels: given?.channels?.length ? given.channels : undefined,
    then: unless(given?.then, "continue"),
  });
  return isEmpty(found) ? undefined : found;
}

function unless<T>(value: T | undefined, usual: T): T | undefined {
  return value === usual ? undefined : value;
}

/** The same without keys that have no value. */
function compact<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function withoutEmpty<T extends object>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)));
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
