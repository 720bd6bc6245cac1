import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";
import type { RuleId } from "./catalogue/index.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { MAX_DEPTH, TOO_DEEP, unfitIn } from "./refuse.ts";
import { rangeOf, spanOf } from "./source.ts";

/** Several times what the longest sequence has; what comes after the parser may take longer per value. */
const MAX_VALUES = 20_000;

/** Turns nodes into plain data, and finds what YAML allows but a cadence must not hold. */
export class Reader {
  readonly diagnostics: Diagnostic[] = [];
  private values = 0;
  private readonly file: string;
  private readonly lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.file = file;
    this.lines = lines;
  }

  read(node: Node | null, depth = 0): unknown {
    if (node === null) return null;
    this.values += 1;
    if (this.values > MAX_VALUES) {
      const message = `this file has more than ${MAX_VALUES} values; split it`;
      return this.values > MAX_VALUES + 1 ? undefined : this.refuse(node, "file-too-big", message);
    }
    if (depth > MAX_DEPTH) return this.refuse(node, "yaml-unsafe", TOO_DEEP);
    if (isAlias(node)) {
      return this.refuse(node, "yaml-unsafe", "aliases are not allowed; write the value again");
    }
    if (node.tag !== undefined) {
      return this.refuse(node, "yaml-unsafe", "tags are not allowed; write the plain value");
    }
    if (isScalar(node)) {
      // Only an escape can still bring in what the file itself may not hold.
      const isEscaped = node.type === "QUOTE_DOUBLE" && typeof node.value === "string";
      const unfit = isEscaped ? unfitIn(node.value as string) : null;
      return unfit === null ? node.value : this.refuse(node, "yaml-unsafe", unfit);
    }
    if (isSeq(node)) return node.items.map((item) => this.read(item as Node | null, depth + 1));
    return isMap(node) ? this.readMap(node.items, depth) : undefined;
  }

  private readMap(pairs: readonly Pair[], depth: number): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : "";
      if (name === "__proto__") {
        this.refuse(key as Node, "yaml-unsafe", `"${name}" cannot be a key`);
      } else if (Object.hasOwn(data, name)) {
        const message = `"${name}" stands here twice; the second would win silently`;
        this.refuse(key as Node, "duplicate-key", message, "keep one of the two");
      } else {
        this.read(key as Node, depth);
        data[name] = this.read(value as Node | null, depth + 1);
      }
    }
    return data;
  }

  private refuse(node: Node, rule: RuleId, message: string, hint?: string): undefined {
    const [start, end] = rangeOf(node) ?? [0, 1];
    const span = spanOf(this.lines, start, end);
    const advice = hint === undefined ? {} : { hint };
    this.diagnostics.push({
      rule,
      severity: "error",
      file: this.file,
      ...span,
      message,
      ...advice,
    });
    return undefined;
  }
}
