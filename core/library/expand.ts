import { isMap, isPair, isScalar, isSeq, visit } from "yaml";
import type { Node, Pair, Scalar, YAMLMap } from "yaml";
import type { FileOf, Kind } from "../../schemas/index.ts";
import type { ParsedFile, Path } from "../language/source.ts";
import { fill, placesIn, type Filled } from "./places.ts";
import { renames } from "./rename.ts";
import { writeFile } from "./write-file.ts";

export interface ExpandOptions {
  /** The sequence's id, where it is not to be the template's. */
  readonly id?: string;
  /** The inbox of the WhatsApp templates that name none: the workspace's default for WhatsApp. */
  readonly whatsappInbox?: string | undefined;
  /** The address of a kind's schema as the file at `path` writes it; null for no such line. */
  readonly schema?: (kind: Kind, path: string) => string | null;
}

/** One ordinary file that comes of a template. */
export interface ExpandedFile {
  readonly kind: Kind;
  /** Below the workspace's root. */
  readonly path: string;
  readonly value: { readonly [key: string]: unknown };
  /** Where it stands in the template. */
  readonly at: Path;
  /** The texts that were filled in, by `JSON.stringify` of their path in this file. */
  readonly filled: ReadonlyMap<string, Filled>;
  /** The file as YAML, in the template's own style and with its comments. */
  text(): string;
}

/** Keys of a template that no sequence has. */
const LIBRARY_KEYS: ReadonlySet<string> = new Set([
  "niche",
  "language",
  "parameters",
  "attributes",
  "whatsapp_templates",
  "personas",
  "tests",
]);

/**
 * A template with values in the place of its parameters, as ordinary files.
 * @param file a valid SequenceTemplate
 * @param values by parameter, as `settleValues` gives them; what has none stays `${…}`
 */
export function expandTemplate(
  file: ParsedFile,
  values: ReadonlyMap<string, string>,
  options: ExpandOptions = {},
): ExpandedFile[] {
  const template = file.value as unknown as FileOf["SequenceTemplate"];
  const sequence = options.id ?? template.id;
  const renamed = renames(template, sequence);
  const make = (kind: Kind, at: Path, added: Added): ExpandedFile => {
    const map = mapAt(file, at);
    const filled = fillTexts(map, values);
    renamed.references(map);
    const id = idOf(kind, map, renamed.id);
    arrange(map, kind, { ...added, id, made_from: template.id });
    const path = `${FOLDERS[kind]}/${id}.yaml`;
    const value = map.toJSON() as ExpandedFile["value"];
    const schema = options.schema?.(kind, path) ?? null;
    return { kind, path, value, at, filled, text: () => writeFile(map, schema) };
  };
  const { attributes = [], whatsapp_templates = [], personas = [], tests = [] } = template;
  const usual = options.whatsappInbox ?? "whatsapp";
  return [
    make("Sequence", [], {}),
    ...attributes.map((_, index) => make("CustomAttribute", ["attributes", index], {})),
    ...whatsapp_templates.map(({ inbox = usual }, index) =>
      make("WhatsAppTemplate", ["whatsapp_templates", index], { inbox }),
    ),
    ...personas.map((_, index) => make("Persona", ["personas", index], {})),
    ...tests.map((_, index) => make("SequenceTest", ["tests", index], { sequence })),
  ];
}

type Added = Readonly<Record<string, string>>;

const FOLDERS: Readonly<Partial<Record<Kind, string>>> = {
  Sequence: "sequences",
  CustomAttribute: "attributes",
  WhatsAppTemplate: "templates",
  Persona: "personas",
  SequenceTest: "tests",
};

/** A copy: the file's own nodes are shared. */
function mapAt(file: ParsedFile, at: Path): YAMLMap {
  const node = file.layout().document.getIn([...at], true);
  if (!isMap(node)) throw new Error(`${file.path}: ${at.join(".")} is no map`);
  const map = node.clone() as YAMLMap;
  const [list, index] = at;
  if (list !== undefined) {
    // The parser takes a comment above the first item for one of the list.
    const around = file.layout().document.get(list, true);
    const comment = index === 0 && isSeq(around) ? around.commentBefore : undefined;
    map.commentBefore ??= comment;
    return map;
  }
  map.items = map.items.filter(({ key }) => !LIBRARY_KEYS.has(keyOf({ key })));
  return map;
}

function fillTexts(map: YAMLMap, values: ReadonlyMap<string, string>): Map<string, Filled> {
  const filled = new Map<string, Filled>();
  eachText(map, (scalar, path) => {
    const places = placesIn(scalar.value, isCondition(path));
    if (places.length === 0) return;
    const result = fill(scalar.value, places, values);
    filled.set(JSON.stringify(path), result);
    scalar.value = result.text;
    scalar.type = styleOf(scalar);
  });
  return filled;
}

/** What YAML 1.1 takes for a number of minutes, or a date: many tools still do. */
const MISREAD = /^\d+(:\d\d)+$|^\d{4}-\d\d?-\d\d?/;

/** Quotes that stood around `${…}` alone are not needed around most values; others are. */
function styleOf({ type, value }: Scalar<string>): Scalar["type"] {
  if (type === "PLAIN" && MISREAD.test(value)) return "QUOTE_DOUBLE";
  return type === "QUOTE_DOUBLE" && !MISREAD.test(value) ? "PLAIN" : type;
}

/** Every text below a node, keys apart. */
export function eachText(root: Node, tell: (scalar: Scalar<string>, path: Path) => void): void {
  visit(root, {
    Scalar(key, node, parents) {
      if (key === "key" || typeof node.value !== "string") return;
      tell(node as Scalar<string>, pathIn(parents, key));
    },
  });
}

function pathIn(parents: readonly unknown[], key: number | "key" | "value" | null): Path {
  const path: (string | number)[] = [];
  for (const [depth, parent] of parents.entries()) {
    const next = parents[depth + 1];
    if (isPair(parent)) path.push(keyOf(parent));
    else if (isSeq(parent))
      path.push(next === undefined ? Number(key) : parent.items.indexOf(next));
  }
  return path;
}

/** Whether the text at this path of a sequence is an expression as a whole. */
export function isCondition(path: Path): boolean {
  const [root, second, third] = path;
  if (root === "exit") return second === "goal";
  return (root === "steps" || root === "triggers") && third === "if" && path.length === 3;
}

function idOf(kind: Kind, map: YAMLMap, renamed: (id: string) => string): string {
  if (kind !== "CustomAttribute") return renamed(String(map.get("id")));
  return `${String(map.get("entity"))}-${String(map.get("key"))}`.replaceAll("_", "-");
}

/** The order in which people write these keys; what comes behind keeps the template's own. */
const HEAD = ["kind", "id", "name", "description", "made_from", "sequence", "inbox"];

function arrange(map: YAMLMap, kind: Kind, values: Added): void {
  for (const [key, value] of Object.entries({ kind, ...values })) map.set(key, value);
  const named = (name: string) => map.items.filter((pair) => keyOf(pair) === name);
  const rest = map.items.filter((pair) => !HEAD.includes(keyOf(pair)));
  map.items = [...HEAD.flatMap(named), ...rest];
}

function keyOf({ key }: Pick<Pair, "key">): string {
  return String(isScalar(key) ? key.value : key);
}
