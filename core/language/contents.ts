import type { FileOf, Step } from "../../schemas/index.ts";
import type { Channel } from "./document.ts";
import type { Model, Resource } from "./model.ts";
import type { ParsedFile, Path } from "./source.ts";
import type { StepOf } from "./steps.ts";

type Authored = Exclude<Step["content"], string>;
type SaidFile =
  | FileOf["MessageTemplate"]
  | Exclude<Authored, { readonly message: string } | { readonly type: "template" }>;

/** What a step says: its own words, those of a message template, or an approved WhatsApp template. */
export type StepContent =
  | {
      readonly kind: "words";
      readonly words: Words;
      readonly file: ParsedFile;
      readonly path: Path;
      readonly shared: Resource<"MessageTemplate"> | null;
    }
  | {
      readonly kind: "template";
      readonly use: {
        readonly template: string;
        readonly parameters?: readonly string[] | Readonly<Record<string, string>>;
      };
      readonly path: Path;
    }
  | { readonly kind: "missing"; readonly message: string };

/** Words in one form: `markdown` and `body` are the same part of different types. */
export interface Words {
  readonly type: "text" | "rich";
  readonly subject?: string;
  readonly body?: string;
  readonly channels: Readonly<Partial<Record<Channel, Part>>>;
  readonly languages: Readonly<
    Record<string, Part & { readonly channels: Readonly<Partial<Record<Channel, Part>>> }>
  >;
  /** The key of the text: `body` or `markdown`. */
  readonly bodyKey: "body" | "markdown";
  readonly source: SaidFile | string;
}

interface Part {
  readonly subject?: string;
  readonly body?: string;
}

/** Many rules ask about the same step. */
const known = new WeakMap<StepOf, StepContent>();

/** Resolves a step's content through its message template. */
export function contentOf(model: Model, found: StepOf): StepContent {
  let content = known.get(found);
  if (content === undefined) known.set(found, (content = resolve(model, found)));
  return content;
}

function resolve(model: Model, { step, sequence, path }: StepOf): StepContent {
  const { content } = step;
  const at: Path = [...path, "content"];
  if (typeof content === "string") {
    return { kind: "words", words: wordsOf(content), file: sequence.file, path: at, shared: null };
  }
  if ("message" in content) {
    const shared = model.messages.get(content.message);
    if (shared === undefined) return { kind: "missing", message: content.message };
    return { kind: "words", words: wordsOf(shared.value), file: shared.file, path: [], shared };
  }
  if (content.type === "template") return { kind: "template", use: content, path: at };
  return { kind: "words", words: wordsOf(content), file: sequence.file, path: at, shared: null };
}

/** A content's words in one form. */
export function wordsOf(said: SaidFile | string): Words {
  if (typeof said === "string") {
    return { type: "text", body: said, channels: {}, languages: {}, bodyKey: "body", source: said };
  }
  const isRich = said.type === "rich";
  const part = (from: { subject?: string; body?: string; markdown?: string }): Part => {
    const body = isRich ? from.markdown : from.body;
    return {
      ...(from.subject === undefined ? {} : { subject: from.subject }),
      ...(body === undefined ? {} : { body }),
    };
  };
  const channels = (from: SaidFile["channels"]) =>
    Object.fromEntries(
      Object.entries(from ?? {}).map(([channel, wording]) => [channel, part(wording)]),
    );
  const languages = Object.entries(said.languages ?? {}).map(
    ([tag, wording]) => [tag, { ...part(wording), channels: channels(wording.channels) }] as const,
  );
  return {
    type: isRich ? "rich" : "text",
    ...part(said),
    channels: channels(said.channels),
    languages: Object.fromEntries(languages),
    bodyKey: isRich ? "markdown" : "body",
    source: said,
  };
}

/** One template with its place below the content. */
interface Said {
  readonly text: string;
  readonly path: Path;
}

/** Every template of the words. */
export function textsOf(words: Words): Said[] {
  const { source, bodyKey } = words;
  if (typeof source === "string") return [{ text: source, path: [] }];
  const said: Said[] = [];
  const add = (text: string | undefined, path: Path) => {
    if (text !== undefined) said.push({ text, path });
  };
  const addPart = (part: Part, path: Path) => {
    add(part.subject, [...path, "subject"]);
    add(part.body, [...path, bodyKey]);
  };
  const addSet = (set: Pick<Words, "subject" | "body" | "channels">, path: Path) => {
    addPart(set, path);
    for (const [channel, part] of Object.entries(set.channels)) {
      addPart(part, [...path, "channels", channel]);
    }
  };
  addSet(words, []);
  for (const [tag, wording] of Object.entries(words.languages)) addSet(wording, ["languages", tag]);
  if (source.type !== "rich") return said;
  for (const [index, { text, url, reply }] of (source.buttons ?? []).entries()) {
    add(text, ["buttons", index, "text"]);
    add(url, ["buttons", index, "url"]);
    add(reply, ["buttons", index, "reply"]);
  }
  for (const [index, { url, name }] of (source.attachments ?? []).entries()) {
    add(url, ["attachments", index, "url"]);
    add(name, ["attachments", index, "name"]);
  }
  return said;
}

/** What the words say on one channel: in the base, and in each language that says it otherwise. */
export function bodiesOn(words: Words, channel: Channel): Said[] {
  const { bodyKey, source, languages } = words;
  if (typeof source === "string") return [{ text: source, path: [] }];
  const sets = [
    { set: words, at: [] },
    ...Object.entries(languages).map(([tag, set]) => ({ set, at: ["languages", tag] })),
  ];
  return sets.flatMap(({ set, at }) => {
    const own = set.channels[channel]?.body;
    if (own !== undefined) return [{ text: own, path: [...at, "channels", channel, bodyKey] }];
    return set.body === undefined ? [] : [{ text: set.body, path: [...at, bodyKey] }];
  });
}
