import type { Facts } from "../facts.ts";
import { escapeHtml, escapeMarkdown } from "./escape.ts";
import type { RenderOptions } from "./types.ts";

/** The longest text that a render, or one value on its way, may become. */
const MAX_OUTPUT = 65_536;
/** How many rounds all loops of one render may take together. */
const MAX_ROUNDS = 1_000;
/** Steps and stretches of text that one render may work through: some hundred milliseconds at worst. */
const MAX_WORK = 250_000;
const STRETCH = 8;

/** A render went past its bounds; caught where the render began. */
export class LimitReached extends Error {
  override readonly name = "LimitReached";
}

/** One render under way. Work is bounded by counting, so the same input always ends the same way. */
export class Run {
  readonly facts: Facts;
  readonly zone: string;
  readonly language: string;
  /** Loop variables, by the slot that the compiler gave them. */
  readonly slots: unknown[] = [];
  text = "";
  /** Variables that were to be shown, and have nothing to show; in order, each once. */
  blanks: string[] | null = null;
  private rounds = 0;
  private work = 0;
  private readonly escape: ((value: string) => string) | null;

  constructor(facts: Facts, options: RenderOptions) {
    this.facts = facts;
    this.zone = options.zone;
    this.language = options.language;
    this.escape = ESCAPES[options.escape];
  }

  /** Appends a value, escaped. */
  value(text: string): void {
    this.spend(1 + text.length / STRETCH);
    this.literal(this.escape === null ? text : this.escape(text));
  }

  /** Appends the template's own text. */
  literal(text: string): void {
    this.text += text;
    if (this.text.length > MAX_OUTPUT) throw tooLong();
  }

  blank(path: string): void {
    if (this.blanks === null) this.blanks = [path];
    else if (!this.blanks.includes(path)) this.blanks.push(path);
  }

  round(): void {
    this.rounds += 1;
    if (this.rounds > MAX_ROUNDS)
      throw new LimitReached(`its loops take more than ${MAX_ROUNDS} rounds`);
  }

  /** Counts the work on one value, and lets none in that is past the bounds. */
  take(value: unknown): void {
    if (typeof value === "string") this.spend(1 + bounded(value).length / STRETCH);
    else this.spend(Array.isArray(value) ? 1 + value.length : 1);
  }

  private spend(work: number): void {
    this.work += work;
    if (this.work > MAX_WORK) throw new LimitReached("it takes too much work to render");
  }
}

/** Passes a value on unless it has grown past the bounds. */
export function bounded<T>(value: T): T {
  if (typeof value === "string" && value.length > MAX_OUTPUT) throw tooLong();
  return value;
}

function tooLong(): LimitReached {
  return new LimitReached(`it is longer than ${MAX_OUTPUT} characters`);
}

const ESCAPES: Readonly<Record<RenderOptions["escape"], ((value: string) => string) | null>> = {
  none: null,
  html: escapeHtml,
  markdown: escapeMarkdown,
};
