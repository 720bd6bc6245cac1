import type {
  CanonicalDocument,
  Channel,
  Content,
  TemplateParameters,
  TemplateUse,
  Trigger,
  VariantSet,
  WhatsAppTemplateSnapshot,
} from "../language/document.ts";
import { expand, type Sequence, type Step } from "../language/expand.ts";
import {
  parseExpression,
  parseTemplate,
  type Expression,
  type Template,
} from "../template/index.ts";

/** A wording whose templates are compiled. */
export interface CompiledWording {
  readonly subject: Template | null;
  readonly body: Template | null;
  readonly channels: { readonly [channel in Channel]?: Partial<CompiledPair> };
}

interface CompiledPair {
  readonly subject: Template | null;
  readonly body: Template | null;
}

/** The buttons and attachments of rich content; none in any other. */
export interface CompiledExtras {
  readonly buttons: readonly {
    readonly text: Template;
    readonly url: Template | null;
    readonly reply: Template | null;
  }[];
  readonly attachments: readonly { readonly url: Template; readonly name: Template | null }[];
}

export interface CompiledTemplateUse {
  readonly candidates: readonly WhatsAppTemplateSnapshot[];
  readonly positional: readonly Template[] | null;
  readonly named: ReadonlyMap<string, Template> | null;
}

export interface CompiledStep {
  readonly step: Step;
  readonly if: Expression | null;
  /** Null when the content is an approved WhatsApp template only. */
  readonly wording: CompiledWording | null;
  readonly markdown: boolean;
  readonly extras: CompiledExtras;
  readonly languages: ReadonlyMap<string, CompiledWording>;
  /** What WhatsApp may be sent outside its window. */
  readonly template: CompiledTemplateUse | null;
  /** The content itself is the template: it is used inside the window too. */
  readonly templateOnly: boolean;
}

/** What begins an enrollment by itself. */
interface CompiledTrigger {
  readonly trigger: Trigger;
  readonly if: Expression | null;
}

/** A published version, ready to run: every template and condition parsed once. */
export interface Program {
  readonly sequence: Sequence;
  readonly goal: Expression | null;
  readonly triggers: readonly CompiledTrigger[];
  readonly steps: readonly CompiledStep[];
  /** Whether any text may say it: a signature an enrollment is dear. */
  readonly saysUnsubscribeUrl: boolean;
  /** Position of a step in the order; -1 where the version has no such step. */
  indexOf(stepId: string): number;
}

/**
 * Compiles a canonical document. The document was checked before it was published, so a template
 * that does not parse is corruption.
 * @throws when the document's format is unknown or one of its templates does not parse
 */
export function compileProgram(document: CanonicalDocument): Program {
  const sequence = expand(document);
  const steps = sequence.steps.map(compileStep);
  const positions = new Map(steps.map(({ step }) => [step.id, step.index]));
  return {
    sequence,
    goal: sequence.goal === null ? null : expression(sequence.goal),
    triggers: sequence.triggers.map((trigger) => ({
      trigger,
      if: trigger.if === undefined ? null : expression(trigger.if),
    })),
    steps,
    saysUnsubscribeUrl: JSON.stringify(document).includes("unsubscribe_url"),
    indexOf: (stepId) => positions.get(stepId) ?? -1,
  };
}

function compileStep(step: Step): CompiledStep {
  const { content } = step;
  const isTemplate = content.type === "template";
  const use = isTemplate ? content : step.outside_window;
  return {
    step,
    if: step.if === undefined ? null : expression(step.if),
    wording: isTemplate ? null : compileWording(content),
    markdown: content.type === "rich",
    extras: compileExtras(content),
    languages: isTemplate ? new Map() : compileLanguages(content),
    template: use === undefined ? null : compileUse(use),
    templateOnly: isTemplate,
  };
}

function compileLanguages(content: Exclude<Content, { type: "template" }>) {
  const entries = Object.entries(content.languages ?? {});
  return new Map(entries.map(([tag, set]) => [tag.toLowerCase(), compileWording(set)]));
}

function compileWording(set: VariantSet): CompiledWording {
  const channels: { [channel in Channel]?: Partial<CompiledPair> } = {};
  for (const [channel, wording] of Object.entries(set.channels ?? {})) {
    channels[channel as Channel] = {
      ...(wording.subject === undefined ? {} : { subject: template(wording.subject) }),
      ...(wording.body === undefined ? {} : { body: template(wording.body) }),
    };
  }
  return {
    subject: set.subject === undefined ? null : template(set.subject),
    body: set.body === undefined ? null : template(set.body),
    channels,
  };
}

function compileExtras(content: Content): CompiledExtras {
  const { buttons = [], attachments = [] } = content.type === "rich" ? content : {};
  const optional = (source: string | undefined) => (source === undefined ? null : template(source));
  return {
    buttons: buttons.map(({ text, url, reply }) => ({
      text: template(text),
      url: optional(url),
      reply: optional(reply),
    })),
    attachments: attachments.map(({ url, name }) => ({ url: template(url), name: optional(name) })),
  };
}

function compileUse(use: TemplateUse): CompiledTemplateUse {
  const parameters: TemplateParameters = use.parameters ?? [];
  return {
    candidates: use.candidates,
    positional: isList(parameters) ? parameters.map(template) : null,
    named: isList(parameters)
      ? null
      : new Map(Object.entries(parameters).map(([name, source]) => [name, template(source)])),
  };
}

function isList(parameters: TemplateParameters): parameters is readonly string[] {
  return Array.isArray(parameters);
}

function template(source: string): Template {
  const parsed = parseTemplate(source);
  if (parsed.template === null) throw new Error(corrupt(source, parsed.errors[0]?.message));
  return parsed.template;
}

function expression(source: string): Expression {
  const parsed = parseExpression(source);
  if (parsed.expression === null) throw new Error(corrupt(source, parsed.errors[0]?.message));
  return parsed.expression;
}

function corrupt(source: string, message = "unknown error"): string {
  return `A published template no longer parses (${message}): ${source.slice(0, 200)}`;
}
