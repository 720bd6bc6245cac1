import type { FileOf, Kind } from "../../schemas/index.ts";
import type { Scope } from "../template/index.ts";
import type { RuleId } from "./catalogue/index.ts";
import type { AttributeDeclaration, Channel, TargetType } from "./document.ts";
import { Findings } from "./findings.ts";
import type { Salvaged } from "./salvage.ts";
import { scopeFor } from "./scope.ts";
import type { ParsedFile } from "./source.ts";
import { stepsOf, type StepOf } from "./steps.ts";
import { TemplateCache } from "./template-cache.ts";

/** One valid file of a kind. */
export interface Resource<K extends Kind> {
  readonly file: ParsedFile;
  readonly value: FileOf[K];
}

const TARGETS: readonly TargetType[] = ["contact", "conversation", "deal", "appointment", "charge"];
const CHANNELS: readonly Channel[] = ["whatsapp", "email", "sms"];

/** What a cadence finds in a workspace. */
const SURROUNDINGS: ReadonlySet<Kind> = new Set([
  "Workspace",
  "Inbox",
  "CustomAttribute",
  "MessageTemplate",
  "WhatsAppTemplate",
]);

function nameOf({ kind, value }: ParsedFile): string {
  return `${kind} ${String(value["id"])}`;
}

/** Files that could not be read, and what is known of them all the same. */
export interface Unread {
  readonly kind: string;
  readonly id: string | null;
}

/**
 * Rules that judge a value by itself. The others would take what is missing in a file with mistakes
 * for a second mistake.
 */
const JUDGE_ALONE: ReadonlySet<RuleId> = new Set([
  "duplicate-id",
  "duplicate-step-id",
  "duration",
  "literal-secret",
  "send-hours",
  "template-forbidden",
  "template-syntax",
  "template-too-big",
  "time-of-day",
  "timezone-unknown",
  "unknown-filter",
  "unknown-reference",
  "unknown-variable",
  "wait",
  "workspace-duplicate",
]);

/** A workspace's files, indexed, and the findings about them: what every rule works on. */
export class Model extends Findings {
  readonly workspaces: readonly Resource<"Workspace">[];
  readonly inboxes: ReadonlyMap<string, Resource<"Inbox">>;
  readonly messages: ReadonlyMap<string, Resource<"MessageTemplate">>;
  readonly whatsapp: ReadonlyMap<string, Resource<"WhatsAppTemplate">>;
  readonly sequences: readonly Resource<"Sequence">[];
  readonly personas: readonly Resource<"Persona">[];
  readonly customAttributes: readonly Resource<"CustomAttribute">[];
  readonly sequenceTemplates: readonly Resource<"SequenceTemplate">[];
  readonly tests: readonly Resource<"SequenceTest">[];
  readonly files: readonly ParsedFile[];
  readonly attributes: readonly AttributeDeclaration[];
  readonly templates = new TemplateCache();
  private allVariables: Scope | undefined;
  private readonly scopes = new Map<TargetType, Scope>();
  private readonly ownSteps = new Map<Resource<"Sequence">, readonly StepOf[]>();
  private allSteps: readonly StepOf[] | undefined;
  private readonly unread: readonly Unread[];
  private readonly salvaged: ReadonlyMap<ParsedFile, ReadonlySet<string>>;

  constructor(
    valid: readonly ParsedFile[],
    salvaged: readonly Salvaged[] = [],
    unread: readonly Unread[] = [],
  ) {
    const lost = new Map(salvaged.map((one) => [one.file, one.lost]));
    super((file, rule) => {
      const keys = lost.get(file);
      if (keys === undefined) return true;
      return JUDGE_ALONE.has(rule) && (rule !== "unknown-variable" || keys.size === 0);
    });
    const files = [...valid, ...lost.keys()];
    this.files = files;
    this.salvaged = lost;
    this.unread = unread;
    this.workspaces = ofKind(files, "Workspace");
    this.inboxes = byId(ofKind(files, "Inbox"));
    this.messages = byId(ofKind(files, "MessageTemplate"));
    this.whatsapp = byId(ofKind(files, "WhatsAppTemplate"));
    this.sequences = ofKind(files, "Sequence");
    this.personas = ofKind(files, "Persona");
    this.sequenceTemplates = ofKind(files, "SequenceTemplate");
    this.tests = ofKind(files, "SequenceTest");
    this.customAttributes = ofKind(files, "CustomAttribute");
    this.attributes = [
      ...this.customAttributes.map(({ value }) => value),
      ...this.sequences.flatMap(({ value }) => value.attributes ?? []),
    ];
  }

  /** Whether a file of this kind (and id) could not be read: that it is missed is no second mistake. */
  mayExist(kind: Kind, id?: string): boolean {
    return this.unread.some((one) => one.kind === kind && (id === undefined || one.id === id));
  }

  /** Whether a custom attribute may be declared in a file that could not be read. */
  mayDeclare(variable: string): boolean {
    return variable.includes(".custom.") && !this.knows("CustomAttribute", "Sequence");
  }

  /** Whether all of these kinds' files are known in full. */
  knows(...kinds: readonly Kind[]): boolean {
    const partial = [...this.salvaged].some(
      ([file, lost]) => lost.size > 0 && kinds.includes(file.kind),
    );
    return !partial && !kinds.some((kind) => this.mayExist(kind));
  }

  /** Whether every file could be read, and is as its schema wants it. */
  get isComplete(): boolean {
    return this.unread.length === 0 && this.salvaged.size === 0;
  }

  /** Whether a file is as its schema wants it. */
  isWhole(file: ParsedFile): boolean {
    return !this.salvaged.has(file);
  }

  /** The same workspace with these files in the place of its sequences, their personas and tests. */
  withCadence(files: readonly ParsedFile[]): Model {
    const taken = new Set(files.map(nameOf));
    const isKept = (file: ParsedFile) => SURROUNDINGS.has(file.kind) && !taken.has(nameOf(file));
    const kept = this.files.filter((file) => isKept(file) && this.isWhole(file));
    const salvaged = [...this.salvaged].filter(([file]) => isKept(file));
    return new Model(
      [...kept, ...files],
      salvaged.map(([file, lost]) => ({ file, lost })),
      this.unread,
    );
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

  /** Every variable of any target. */
  get anyScope(): Scope {
    return (this.allVariables ??= Object.assign(
      {},
      ...TARGETS.map((target) => this.scope(target)),
    ) as Scope);
  }

  /** The inbox that a channel uses unless a step names one: the one set, or the only one there is. */
  defaultInbox(channel: Channel): string | undefined {
    const set = this.workspace?.channels?.[channel];
    if (set !== undefined) return set;
    const all = this.inboxesOf(channel);
    return all.length === 1 ? all[0]?.id : undefined;
  }

  /** Every inbox of a channel. */
  inboxesOf(channel: Channel): FileOf["Inbox"][] {
    const all = [...this.inboxes.values()].map(({ value }) => value);
    return all.filter((inbox) => inbox.channel === channel);
  }

  /** The order of `automatic`: the one set, or every channel that has an inbox. */
  automaticOrder(): readonly Channel[] {
    const set = this.workspace?.channels?.automatic;
    return set ?? CHANNELS.filter((channel) => this.defaultInbox(channel) !== undefined);
  }

  /** The steps of one sequence, in order. */
  stepsOf(sequence: Resource<"Sequence">): readonly StepOf[] {
    const known = this.ownSteps.get(sequence);
    if (known !== undefined) return known;
    const own = stepsOf(sequence);
    this.ownSteps.set(sequence, own);
    return own;
  }

  /** The steps of all sequences: every rule about steps goes over the same ones. */
  steps(): readonly StepOf[] {
    return (this.allSteps ??= this.sequences.flatMap((sequence) => this.stepsOf(sequence)));
  }
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
