import type { FileOf, Kind, Step, StepDefaults } from "../../schemas/index.ts";
import type { Scope } from "../template/index.ts";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import type { AttributeDeclaration, Channel, TargetType } from "./document.ts";
import { locateInside, locateKey, locateValue } from "./locate.ts";
import { scopeFor } from "./scope.ts";
import type { ParsedFile, Path, Span } from "./source.ts";
import { TemplateCache } from "./template-cache.ts";

/** One valid file of a kind. */
export interface Resource<K extends Kind> {
  readonly file: ParsedFile;
  readonly value: FileOf[K];
}

export type StepValue = Omit<Step, "channel"> & { readonly channel: NonNullable<Step["channel"]> };

/** A step with the sequence's `defaults` merged in, and where it stands. */
export interface StepOf {
  readonly sequence: Resource<"Sequence">;
  readonly step: StepValue;
  readonly index: number;
  readonly path: Path;
}

const CHANNELS: readonly Channel[] = ["whatsapp", "email", "sms"];

/** A workspace's files, indexed, and the findings about them: what every rule works on. */
export class Model {
  readonly diagnostics: Diagnostic[] = [];
  readonly workspaces: readonly Resource<"Workspace">[];
  readonly inboxes: ReadonlyMap<string, Resource<"Inbox">>;
  readonly messages: ReadonlyMap<string, Resource<"MessageTemplate">>;
  readonly whatsapp: ReadonlyMap<string, Resource<"WhatsAppTemplate">>;
  readonly sequences: readonly Resource<"Sequence">[];
  readonly personas: readonly Resource<"Persona">[];
  readonly files: readonly ParsedFile[];
  readonly attributes: readonly AttributeDeclaration[];
  readonly templates = new TemplateCache();
  private readonly scopes = new Map<TargetType, Scope>();

  /** `<kind> <id>` of files that have findings of their own: naming one is no second mistake. */
  readonly broken: ReadonlySet<string>;

  constructor(files: readonly ParsedFile[], broken: readonly ParsedFile[] = []) {
    this.files = files;
    this.broken = new Set(broken.map(({ kind, value }) => `${kind} ${String(value["id"])}`));
    this.workspaces = ofKind(files, "Workspace");
    this.inboxes = byId(ofKind(files, "Inbox"));
    this.messages = byId(ofKind(files, "MessageTemplate"));
    this.whatsapp = byId(ofKind(files, "WhatsAppTemplate"));
    this.sequences = ofKind(files, "Sequence");
    this.personas = ofKind(files, "Persona");
    this.attributes = [
      ...ofKind(files, "CustomAttribute").map(({ value }) => value),
      ...this.sequences.flatMap(({ value }) => value.attributes ?? []),
    ];
  }

  get workspace(): FileOf["Workspace"] | undefined {
    return this.workspaces[0]?.value;
  }

  /** The variables that steps of this sequence may use. */
  scope(target: TargetType): Scope {
    const known = this.scopes.get(target);
    if (known !== undefined) return known;
    const scope = scopeFor(target, this.attributes, this.workspace?.sender?.address !== undefined);
    this.scopes.set(target, scope);
    return scope;
  }

  /** The inbox that a channel uses unless a step names one: the one set, or the only one there is. */
  defaultInbox(channel: Channel): string | undefined {
    const set = this.workspace?.channels?.[channel];
    if (set !== undefined) return set;
    const all = [...this.inboxes.values()].filter(({ value }) => value.channel === channel);
    return all.length === 1 ? all[0]?.value.id : undefined;
  }

  /** The order of `automatic`: the one set, or every channel that has an inbox. */
  automaticOrder(): readonly Channel[] {
    const set = this.workspace?.channels?.automatic;
    return set ?? CHANNELS.filter((channel) => this.defaultInbox(channel) !== undefined);
  }

  /** The steps of one sequence, in order. */
  stepsOf(sequence: Resource<"Sequence">): StepOf[] {
    const { steps, defaults } = sequence.value;
    return steps.map((step, index) => ({
      sequence,
      step: withDefaults(step, defaults),
      index,
      path: ["steps", index],
    }));
  }

  *steps(): Generator<StepOf> {
    for (const sequence of this.sequences) yield* this.stepsOf(sequence);
  }

  /** Reports at a value. */
  at(
    file: ParsedFile,
    path: Path,
    rule: string,
    message: string,
    hint?: string,
    severity?: Severity,
  ): void {
    this.add(file, locateValue(file, path), rule, message, hint, severity);
  }

  /** Reports at a key. */
  atKey(
    file: ParsedFile,
    path: Path,
    rule: string,
    message: string,
    hint?: string,
    severity?: Severity,
  ): void {
    this.add(file, locateKey(file, path), rule, message, hint, severity);
  }

  /** Reports at a part of a text value, by 0-based offsets. */
  inside(
    file: ParsedFile,
    path: Path,
    range: { readonly start: number; readonly end: number },
    rule: string,
    message: string,
    hint?: string,
    severity?: Severity,
  ): void {
    this.add(file, locateInside(file, path, range.start, range.end), rule, message, hint, severity);
  }

  private add(
    file: ParsedFile,
    span: Span,
    rule: string,
    message: string,
    hint: string | undefined,
    severity: Severity = "error",
  ): void {
    const advice = hint === undefined ? {} : { hint };
    this.diagnostics.push({ rule, severity, file: file.path, ...span, message, ...advice });
  }
}

function withDefaults(step: Step, defaults: StepDefaults = {}): StepValue {
  const { on_failure, ...plain } = defaults;
  const failure =
    (on_failure ?? step.on_failure) ? { on_failure: { ...on_failure, ...step.on_failure } } : {};
  return { channel: "automatic", ...plain, ...step, ...failure };
}

function ofKind<K extends Kind>(files: readonly ParsedFile[], kind: K): Resource<K>[] {
  return files
    .filter((file) => file.kind === kind)
    .map((file) => ({ file, value: file.value as unknown as FileOf[K] }));
}

/** The first of each id; a second one is a finding of its own. */
function byId<K extends Exclude<Kind, "Workspace">>(
  resources: readonly Resource<K>[],
): ReadonlyMap<string, Resource<K>> {
  const index = new Map<string, Resource<K>>();
  for (const resource of resources) {
    const { id } = resource.value as { readonly id: string };
    if (!index.has(id)) index.set(id, resource);
  }
  return index;
}
