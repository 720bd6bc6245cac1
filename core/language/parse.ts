import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from "yaml";
import { didYouMean } from "../did-you-mean.ts";
import { KINDS, type Kind } from "../../schemas/index.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { rangeOf, spanOf, type ParsedFile, type SourceFile, type Span } from "./source.ts";

/** A cadence is a few kB; these bound what a hostile file can cost. */
const MAX_LENGTH = 262_144;
const MAX_LINES = 20_000;
const MAX_DEPTH = 50;

export type Parsed =
  | { readonly file: ParsedFile; readonly diagnostics: readonly Diagnostic[] }
  | { readonly file: null; readonly diagnostics: readonly Diagnostic[] };

/**
 * Parses one file as YAML 1.2 and nothing else: no directives, no tags, no aliases, one document.
 * The text may be anyone's: what could cost time or memory is refused before the parser sees it.
 */
export function parseFile(source: SourceFile): Parsed {
  const refused = refuse(source);
  if (refused !== null) return { file: null, diagnostics: [refused] };
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(source.text, {
      lineCounter: lines,
      version: "1.2",
      stringKeys: true,
      resolveKnownTags: false,
      // The parser's own check is quadratic; `toData` finds duplicates in one pass.
      uniqueKeys: false,
      prettyErrors: false,
    });
  } catch (error) {
    // The parser is recursive: what nests too deep overflows it.
    if (!(error instanceof RangeError)) throw error;
    return {
      file: null,
      diagnostics: [atStart(source, "yaml-unsafe", "this file is nested too deeply")],
    };
  }
  const broken = [...document.errors, ...document.warnings].map((found) => {
    const rule = found.code === "TAG_RESOLVE_FAILED" ? "yaml-unsafe" : "yaml-syntax";
    return diagnostic(
      source,
      rule,
      spanOf(lines, found.pos[0], found.pos[1]),
      wordSyntax(found.code, found.message),
    );
  });
  if (broken.length > 0) return { file: null, diagnostics: broken };
  const reader = new Reader(source, lines);
  const value = reader.toData(document.contents as Node | null, 0);
  if (reader.diagnostics.length > 0) return { file: null, diagnostics: reader.diagnostics };
  return identify(source, document, lines, value);
}

function identify(
  source: SourceFile,
  document: Document,
  lines: LineCounter,
  value: unknown,
): Parsed {
  const fail = (found: Diagnostic): Parsed => ({ file: null, diagnostics: [found] });
  if (typeof value !== "object" || value === null || Array.isArray(value) || !("kind" in value)) {
    const hint = `begin with "kind: …": ${KINDS.join(", ")}`;
    return fail(atStart(source, "kind-missing", "this file says no kind", hint));
  }
  const { kind } = value;
  if (!KINDS.some((known) => known === kind)) {
    const near = typeof kind === "string" ? didYouMean(kind, KINDS) : undefined;
    const hint = near ? `did you mean "${near}"?` : `there are: ${KINDS.join(", ")}`;
    const range = rangeOf(document.getIn(["kind"], true) as Node);
    const span = range ? spanOf(lines, range[0], range[1]) : START;
    return fail(
      diagnostic(source, "kind-unknown", span, `there is no kind ${JSON.stringify(kind)}`, hint),
    );
  }
  const data = value as { readonly [key: string]: unknown };
  return { file: { ...source, kind: kind as Kind, value: data, document, lines }, diagnostics: [] };
}

const START: Span = { line: 1, column: 1, endLine: 1, endColumn: 2 };

function refuse(source: SourceFile): Diagnostic | null {
  const { text } = source;
  if (text.length > MAX_LENGTH) {
    return atStart(
      source,
      "file-too-big",
      `this file has ${text.length} characters; at most ${MAX_LENGTH} are read`,
    );
  }
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) {
    return atStart(
      source,
      "file-too-big",
      `this file has ${lines.length} lines; at most ${MAX_LINES} are read`,
    );
  }
  for (const [index, content] of lines.entries()) {
    const control = /[^\t\r\x20-\x7e\x85\xa0-\ufffd]/.exec(
      content.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""),
    );
    const directive = /^%/.test(content);
    if (control === null && !directive) continue;
    const span = { line: index + 1, column: 1, endLine: index + 1, endColumn: content.length + 1 };
    return control === null
      ? diagnostic(source, "yaml-unsafe", span, "directives are not allowed: a cadence is YAML 1.2")
      : diagnostic(
          source,
          "yaml-unsafe",
          span,
          `this line has a control character (${codeOf(control[0])}); remove it`,
        );
  }
  return bracketDepth(text) > MAX_DEPTH
    ? atStart(source, "yaml-unsafe", "this file is nested too deeply")
    : null;
}

function codeOf(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d || code === 0x0a)
      depth = Math.max(0, code === 0x0a ? depth : depth - 1);
  }
  return deepest;
}

/** Turns nodes into plain data, and finds what YAML allows but a cadence must not hold. */
class Reader {
  readonly diagnostics: Diagnostic[] = [];
  private readonly source: SourceFile;
  private readonly lines: LineCounter;

  constructor(source: SourceFile, lines: LineCounter) {
    this.source = source;
    this.lines = lines;
  }

  toData(node: Node | null, depth: number): unknown {
    if (node === null) return null;
    if (depth > MAX_DEPTH) return this.refuse(node, "yaml-unsafe", "this is nested too deeply");
    if (isAlias(node))
      return this.refuse(node, "yaml-unsafe", "aliases are not allowed; write the value again");
    if (node.tag !== undefined && !isDefaultTag(node.tag)) {
      return this.refuse(node, "yaml-unsafe", `tags such as ${node.tag} are not allowed`);
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item) => this.toData(item as Node | null, depth + 1));
    if (!isMap(node)) return undefined;
    const data: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : "";
      if (name === "__proto__") this.refuse(key as Node, "yaml-unsafe", "this is no key of data");
      else if (seen.has(name)) {
        this.refuse(
          key as Node,
          "duplicate-key",
          `"${name}" stands here twice; the second would win silently`,
        );
      } else data[name] = this.toData(value as Node | null, depth + 1);
      seen.add(name);
    }
    return data;
  }

  private refuse(node: Node, rule: string, message: string): undefined {
    const [start, end] = rangeOf(node) ?? [0, 1];
    this.diagnostics.push(diagnostic(this.source, rule, spanOf(this.lines, start, end), message));
    return undefined;
  }
}

/** Tags that the parser itself gives to plain collections and scalars. */
function isDefaultTag(tag: string): boolean {
  return tag.startsWith("tag:yaml.org,2002:");
}

function wordSyntax(code: string, message: string): string {
  return code === "MULTIPLE_DOCS"
    ? "one document a file: move what follows --- to a file of its own"
    : message;
}

function atStart(source: SourceFile, rule: string, message: string, hint?: string): Diagnostic {
  return diagnostic(source, rule, START, message, hint);
}

function diagnostic(
  source: SourceFile,
  rule: string,
  span: Span,
  message: string,
  hint?: string,
): Diagnostic {
  const advice = hint === undefined ? {} : { hint };
  return { rule, severity: "error", file: source.path, ...span, message, ...advice };
}
