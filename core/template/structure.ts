import { didYouMean } from "../did-you-mean.ts";
import type { Findings } from "./findings.ts";
import { isForbidden, isName } from "./names.ts";
import type { Code, Piece } from "./scan.ts";

export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output"; readonly code: Code }
  | If
  | For;

export interface If {
  readonly kind: "if";
  readonly branches: { readonly condition: Code; readonly body: Part[] }[];
  otherwise: Part[] | null;
}

export interface For {
  readonly kind: "for";
  readonly name: string;
  readonly list: Code;
  readonly body: Part[];
  otherwise: Part[] | null;
}

type Tag = Extract<Piece, { kind: "tag" }>;

/** A block whose end has not come yet. */
interface Open {
  readonly part: If | For;
  readonly tag: Tag;
}

const MAX_NESTING = 20;
const WORDS = ["if", "elif", "elseif", "else", "endif", "for", "endfor"];
const LANGUAGE =
  "there are {{ … }}, {% if %} with {% elif %} and {% else %}, {% for %}, and {# … #}";

/** Nests the pieces of a template by its `if` and `for` tags. */
export function structure(pieces: readonly Piece[], findings: Findings): readonly Part[] {
  const builder = new Builder(findings);
  for (const piece of pieces) builder.add(piece);
  return builder.finish();
}

class Builder {
  private readonly findings: Findings;
  private readonly root: Part[] = [];
  private readonly open: Open[] = [];
  /** Where the next piece goes. */
  private into = this.root;
  /** Ends of tags that do not exist: told with their beginning. */
  private readonly refused = new Set<string>();

  constructor(findings: Findings) {
    this.findings = findings;
  }

  add(piece: Piece): void {
    if (piece.kind !== "tag") this.into.push(piece);
    else this.tag(piece);
  }

  finish(): readonly Part[] {
    for (const { tag } of this.open) {
      const message = `this {% ${tag.word} %} is never closed`;
      this.findings.report("template-syntax", tag, message, `write {% end${tag.word} %} behind it`);
    }
    return this.root;
  }

  private tag(tag: Tag): void {
    switch (tag.word) {
      case "if":
        return this.begin({ kind: "if", branches: [this.branch(tag)], otherwise: null }, tag);
      case "for":
        return this.begin(this.loop(tag), tag);
      case "elif":
      case "elseif":
        return this.elif(tag);
      case "else":
        return this.else(tag);
      case "endif":
      case "endfor":
        return this.end(tag);
      default:
        this.unknown(tag);
    }
  }

  private begin(part: If | For, tag: Tag): void {
    if (this.open.length === MAX_NESTING) {
      const message = `at most ${MAX_NESTING} blocks may be nested`;
      this.findings.report("template-too-big", tag, message);
    }
    this.into.push(part);
    this.open.push({ part, tag });
    this.into = part.kind === "if" ? part.branches[0]!.body : part.body;
  }

  private branch(tag: Tag) {
    return { condition: tag.code, body: [] };
  }

  private loop(tag: Tag): For {
    const { text, at } = tag.code;
    const loop = { kind: "for", body: [], otherwise: null } as const;
    const header = /^(\s*)(\w+)\s+in\b/.exec(text ?? "");
    if (text === null || header === null) {
      const hint = "write {% for item in contact.custom.interests %}";
      if (text !== null)
        this.findings.report("template-syntax", tag, "a for needs a name and a list", hint);
      return { ...loop, body: [], name: "", list: { text: null, at } };
    }
    const [whole, space = "", name = ""] = header;
    const start = at + space.length;
    if (!isName(name) || isForbidden(name) || name === "loop") {
      const message = `"${name}" cannot be the name of a loop's item`;
      this.findings.report("template-syntax", { start, end: start + name.length }, message);
    }
    const list = { text: text.slice(whole.length), at: at + whole.length };
    return { ...loop, body: [], name, list };
  }

  private elif(tag: Tag): void {
    const part = this.open.at(-1)?.part;
    if (part?.kind !== "if" || part.otherwise !== null) return this.stray(tag);
    const branch = this.branch(tag);
    part.branches.push(branch);
    this.into = branch.body;
  }

  private else(tag: Tag): void {
    const part = this.open.at(-1)?.part;
    if (part === undefined || part.otherwise !== null) return this.stray(tag);
    this.isBare(tag, "write {% elif … %} for another condition");
    this.into = part.otherwise = [];
  }

  private end(tag: Tag): void {
    const open = this.open.at(-1);
    if (open === undefined || tag.word !== `end${open.part.kind}`) return this.stray(tag);
    this.isBare(tag);
    this.open.pop();
    const around = this.open.at(-1)?.part;
    this.into = around === undefined ? this.root : lastBody(around);
  }

  private isBare(tag: Tag, hint?: string): void {
    const { text, at } = tag.code;
    if (text === null || text.trim() === "") return;
    const span = { start: at, end: at + text.length };
    this.findings.report("template-syntax", span, `{% ${tag.word} %} takes nothing else`, hint);
  }

  private stray(tag: Tag): void {
    const open = this.open.at(-1);
    const hint = open && `the block around it is {% ${open.tag.word} %}`;
    this.findings.report("template-syntax", tag, `{% ${tag.word} %} does not belong here`, hint);
  }

  private unknown(tag: Tag): void {
    const { word, wordAt } = tag;
    // A tag that cannot be read was told already.
    if (tag.code.text === null || this.refused.has(word)) return;
    this.refused.add(`end${word}`);
    const span = { start: wordAt, end: wordAt + Math.max(1, word.length) };
    if (word === "") {
      this.findings.report("template-syntax", tag, "this tag has no name", LANGUAGE);
      return;
    }
    const near = didYouMean(word, WORDS);
    if (near !== undefined) {
      const message = `there is no tag "${word}"`;
      this.findings.report("template-syntax", span, message, `did you mean "${near}"?`);
    } else {
      const message = `"${word}" is not part of the template language`;
      this.findings.report("template-forbidden", span, message, LANGUAGE);
    }
  }
}

/** The body that a block's next piece belongs to. */
function lastBody(part: If | For): Part[] {
  if (part.otherwise !== null) return part.otherwise;
  return part.kind === "for" ? part.body : part.branches.at(-1)!.body;
}
