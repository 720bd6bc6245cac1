import { isMap, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import { didYouMean } from "../did-you-mean.ts";
import { KINDS } from "../../schemas/index.ts";
import type { RuleId } from "./catalogue/index.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { CleanFile } from "./parse-cache.ts";
import { Reader } from "./reader.ts";
import { refuse, TOO_DEEP } from "./refuse.ts";
import {
  rangeOf,
  spanOf,
  START,
  type Layout,
  type ParsedFile,
  type SourceFile,
  type Span,
} from "./source.ts";
import { wordSyntax } from "./yaml-words.ts";

type Parsed =
  | { readonly file: ParsedFile; readonly diagnostics: readonly Diagnostic[] }
  | { readonly file: null; readonly diagnostics: readonly Diagnostic[] };

/**
 * Parses one file as YAML 1.2 and nothing else: no directives, no tags, no aliases, one document.
 * The text may be anyone's: what could cost time or memory is refused before the parser sees it.
 */
export function parseFile(source: SourceFile): Parsed {
  const fail = (rule: RuleId, span: Span, message: string, hint?: string): Diagnostic => {
    const advice = hint === undefined ? {} : { hint };
    return { rule, severity: "error", file: source.path, ...span, message, ...advice };
  };
  const failed = (...diagnostics: Diagnostic[]): Parsed => ({ file: null, diagnostics });

  const refused = refuse(source.text);
  if (refused !== null) return failed(fail(refused.rule, refused.span, refused.message));
  const layout = layOut(source.text);
  if (layout === null) return failed(fail("yaml-unsafe", START, TOO_DEEP));
  const { document, lines } = layout;
  // What follows the first mistake of a line is mostly its consequence.
  const perLine = new Map<number, Diagnostic>();
  for (const error of [...document.errors, ...document.warnings]) {
    const { rule, message, hint, at } = wordSyntax(error, source.text);
    const span = spanOf(lines, ...at);
    if (!perLine.has(span.line)) perLine.set(span.line, fail(rule, span, message, hint));
  }
  const broken = [...perLine.values()];
  if (broken.length > 0) return failed(...broken);
  const reader = new Reader(source.path, lines);
  const value = reader.read(document.contents);
  if (reader.diagnostics.length > 0) return failed(...reader.diagnostics);

  if (typeof value !== "object" || value === null || !Object.hasOwn(value, "kind")) {
    const hint = `begin with "kind: …": ${KINDS.join(", ")}`;
    return failed(fail("kind-missing", START, "this file says no kind", hint));
  }
  const data = value as { readonly [key: string]: unknown };
  const kind = KINDS.find((known) => known === data["kind"]);
  if (kind === undefined) {
    const range = rangeOf(document.getIn(["kind"], true) as Node) ?? [0, 1];
    const { message, hint } = wordKind(data["kind"]);
    return failed(fail("kind-unknown", spanOf(lines, ...range), message, hint));
  }
  return {
    file: {
      ...source,
      kind,
      value: data,
      stepLines: stepLines(layout),
      layout: layoutOnDemand(source.text),
    },
    diagnostics: [],
  };
}

/** A file whose text was read before. */
export function knownFile(
  source: SourceFile,
  { kind, value, stepLines: lines }: CleanFile,
): ParsedFile {
  return { ...source, kind, value, stepLines: lines, layout: layoutOnDemand(source.text) };
}

/**
 * Most files have no finding, and nobody asks where their values stand. To keep the nodes of all files
 * costs more, in memory and in the collector's time, than to parse the few with findings again.
 */
function layoutOnDemand(text: string): () => Layout {
  let known: Layout | null = null;
  return () => {
    known ??= layOut(text);
    if (known === null) throw new Error("a file that was parsed does not parse again");
    return known;
  };
}

function stepLines({ document, lines }: Layout): number[] {
  const steps = document.get("steps");
  if (!isSeq(steps)) return [];
  return steps.items.map((step) => {
    const place = isMap(step) ? (step.get("id", true) ?? step) : step;
    return lines.linePos((place as Node).range?.[0] ?? 0).line;
  });
}

/** Null where it is nested so deeply that the parser, which is recursive, gives up. */
function layOut(text: string): Layout | null {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      version: "1.2",
      stringKeys: true,
      resolveKnownTags: false,
      // The parser's own check is quadratic; `Reader` finds duplicates in one pass.
      uniqueKeys: false,
      prettyErrors: false,
    });
    return { document, lines };
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function wordKind(kind: unknown): { message: string; hint: string } {
  const near = typeof kind === "string" ? didYouMean(kind, KINDS) : undefined;
  const hint = near ? `did you mean "${near}"?` : `there are: ${KINDS.join(", ")}`;
  return { message: `there is no kind ${JSON.stringify(kind)}`, hint };
}
