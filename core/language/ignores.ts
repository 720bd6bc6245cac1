import { didYouMean } from "../did-you-mean.ts";
import { CURRICULUM, type RuleId } from "./catalogue/index.ts";
import type { Lesson } from "./catalogue/lesson.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { MOST_FINDINGS } from "./findings.ts";
import { IGNORE, ignoreCommentsIn, type IgnoreComment, type NamedRule } from "./ignore-comments.ts";
import type { Model } from "./model.ts";
import { WARNINGS } from "./rules/names.ts";
import type { Span } from "./source.ts";

const FORM = `write "# ${IGNORE} <rule>: <reason>"`;

/** Rules that an exception can be made of: not those about exceptions. */
const IGNORABLE = WARNINGS.filter((rule) => !rule.startsWith("ignore-"));

/**
 * The findings without those that a comment makes an exception of, and with what is to be said about
 * such comments. Errors have no exceptions.
 */
export function withoutIgnored(diagnostics: readonly Diagnostic[], model: Model): Diagnostic[] {
  const files = model.files.filter(({ text }) => text.includes(IGNORE));
  if (files.length === 0) return [...diagnostics];
  const kept = new Set(diagnostics);
  const told: Diagnostic[] = [];
  const byFile = Map.groupBy(diagnostics, ({ file }) => file);
  for (const { path, text } of files) {
    const found = byFile.get(path) ?? [];
    const used = new Set<NamedRule>();
    const ignores = ignoreCommentsIn(text);
    for (const { rules, covers } of ignores) {
      for (const rule of rules) {
        const silenced = found.filter((one) => isAbout(one, rule, covers));
        if (silenced.length > 0) used.add(rule);
        for (const one of silenced) kept.delete(one);
      }
    }
    // What could not be checked may yet be found.
    const isChecked = model.isComplete && !found.some(({ severity }) => severity === "error");
    // An error among too many must not be the one that is left out.
    const about: About[] = ignores.filter(isBare).map(withoutReason).slice(0, MOST_FINDINGS);
    for (const one of warningsAbout(ignores, used, isChecked, model)) {
      if (about.length >= MOST_FINDINGS) break;
      about.push(one);
    }
    told.push(...about.map((one) => ({ ...one, file: path })));
  }
  return [...kept, ...told];
}

function isAbout(
  { rule, severity, line }: Diagnostic,
  { name }: NamedRule,
  [first, last]: IgnoreComment["covers"],
): boolean {
  return severity === "warning" && rule === name && line >= first && line <= last;
}

type About = Omit<Diagnostic, "file">;

function isBare({ rules, reason }: IgnoreComment): boolean {
  return rules.length > 0 && reason === "";
}

function withoutReason({ span }: IgnoreComment): About {
  const message = "this exception says no reason";
  return { rule: "ignore-reason", severity: "error", ...span, message, hint: FORM };
}

function* warningsAbout(
  ignores: readonly IgnoreComment[],
  used: ReadonlySet<NamedRule>,
  isChecked: boolean,
  model: Model,
): Generator<About> {
  for (const { rules, span } of ignores) {
    if (rules.length === 0) {
      yield warning("ignore-unknown", span, "this comment names no rule", FORM);
    }
    for (const rule of rules) {
      if (used.has(rule)) continue;
      const unknown = whyNot(rule.name);
      if (unknown !== null) {
        yield warning("ignore-unknown", rule.span, unknown.message, unknown.hint);
      } else if (isChecked && model.workspace?.lint?.[rule.name] !== "off") {
        const message = `nothing here breaks ${rule.name}`;
        const hint = "remove the exception, or move it to the line above the finding";
        yield warning("ignore-unused", rule.span, message, hint);
      }
    }
  }
}

function warning(rule: RuleId, span: Span, message: string, hint: string): About {
  return { rule, severity: "warning", ...span, message, hint };
}

/** Why a rule cannot be ignored by a comment; null where it can. */
function whyNot(name: string): { readonly message: string; readonly hint: string } | null {
  if (IGNORABLE.includes(name)) return null;
  const lessons: Readonly<Record<string, Lesson>> = CURRICULUM;
  const lesson = Object.hasOwn(lessons, name) ? lessons[name] : undefined;
  if (lesson === undefined) {
    const near = didYouMean(name, IGNORABLE);
    const hint = near ? `did you mean "${near}"?` : "cadenza explain lists the rules";
    return { message: `there is no rule "${name}"`, hint };
  }
  if (lesson.severity === "error") {
    return { message: `${name} is an error, and errors have no exceptions`, hint: "mend it" };
  }
  const hint =
    lesson.by === undefined
      ? "remove this comment"
      : `remove this comment: cadenza ${lesson.by} tells it, and reads none`;
  return { message: `${name} has no exceptions in a file`, hint };
}
