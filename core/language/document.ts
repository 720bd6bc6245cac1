/**
 * The canonical document of one published sequence version: self-contained (every referenced text
 * is inlined), minimal (a key whose value is the default is absent, so that a new default in a later
 * release never changes a digest) and versioned by `format`, so that every document ever published
 * still runs. `expand` in `expand.ts` turns it into the complete form that the engine works on.
 */
export const FORMAT = 1;

export type Channel = "email" | "sms" | "whatsapp";
export type StepChannel = Channel | "automatic" | "same_conversation";
export type TargetType = "contact" | "conversation" | "deal" | "appointment" | "charge";
export type Purpose = "transactional" | "marketing";
export type Unit = "minute" | "hour" | "day" | "business_day";
export type Compose = "static" | "ai_assisted" | "ai_full";

/** A length of time as authored; days and business days are calendar lengths, never 24 hours. */
export interface Duration {
  readonly n: number;
  readonly unit: Unit;
}

/** When a step is due, counted from the previous send or from a date of the contact or target. */
export type Wait =
  | { readonly kind: "immediately" }
  | { readonly kind: "after"; readonly n: number; readonly unit: Unit }
  | {
      readonly kind: "relative";
      /** 0 for `on <date variable>` */
      readonly n: number;
      readonly unit: Unit;
      readonly side: "before" | "on" | "after";
      /** A dotted path, e.g. `charge.due_on`. */
      readonly variable: string;
    };

/** One wording: templates of the safe dialect. `subject` only matters on email. */
interface Wording {
  readonly subject?: string;
  readonly body: string;
}

/** A wording with its variants. Language is chosen first, then channel, then the base. */
export interface VariantSet {
  readonly subject?: string;
  readonly body?: string;
  readonly channels?: { readonly [channel in Channel]?: Partial<Wording> };
}

/** Parameters of an approved WhatsApp template: positional (list) or named (map), each a template. */
export type TemplateParameters = readonly string[] | { readonly [name: string]: string };

/** A snapshot of one approved WhatsApp template as it was when the version was published. */
export interface WhatsAppTemplateSnapshot {
  readonly id: string;
  readonly inbox: string;
  readonly name?: string;
  readonly content_sid?: string;
  readonly language: string;
  readonly category: "marketing" | "utility" | "authentication";
  /** The provider's own syntax: `{{1}}` or `{{name}}`. */
  readonly body: string;
  readonly header?: string;
  readonly footer?: string;
  readonly buttons?: readonly Button[];
}

export interface Button {
  readonly text: string;
  readonly url?: string;
  readonly reply?: string;
}

export interface Attachment {
  readonly url: string;
  readonly name?: string;
}

/**
 * An approved template with its parameters. `candidates` are every template that can stand for the
 * one named: itself and its siblings (same provider name) for other inboxes and languages.
 */
export interface TemplateUse {
  readonly candidates: readonly WhatsAppTemplateSnapshot[];
  readonly parameters?: TemplateParameters;
}

export type Content =
  | ({
      readonly type: "text";
      readonly languages?: { readonly [tag: string]: VariantSet };
    } & VariantSet)
  | {
      /** `body` is markdown. */
      readonly type: "rich";
      readonly subject?: string;
      readonly body: string;
      readonly channels?: VariantSet["channels"];
      readonly languages?: { readonly [tag: string]: VariantSet };
      readonly buttons?: readonly Button[];
      readonly attachments?: readonly Attachment[];
    }
  | ({ readonly type: "template" } & TemplateUse);

export interface Ai {
  readonly intent: string;
  readonly tone?: string;
  readonly max_characters?: number;
  /** Word for word, but for capitals. */
  readonly required_phrases?: readonly string[];
  readonly forbidden_phrases?: readonly string[];
}

export interface OnFailure {
  /** How often a failed attempt is tried again; default 5. */
  readonly retry?: number;
  /** Channels tried, in order, once the step's own channel has certainly failed; default none. */
  readonly channels?: readonly Channel[];
  /** Default `continue`. */
  readonly then?: "continue" | "exit";
}

export interface CanonicalStep {
  readonly id: string;
  readonly name?: string;
  readonly wait: Wait;
  /** `HH:MM`, local. */
  readonly at?: string;
  /** An expression; the step is skipped when it is false. */
  readonly if?: string;
  readonly if_past?: "skip" | "send";
  readonly expires_after?: Duration;
  readonly channel?: StepChannel;
  readonly inbox?: string;
  readonly compose?: Compose;
  readonly ai?: Ai;
  readonly content: Content;
  readonly outside_window?: TemplateUse;
  readonly on_failure?: OnFailure;
  /** Where the step was written: path under the root and 1-based line. Not part of the digest. */
  readonly source: { readonly file: string; readonly line: number };
}

export type Trigger =
  | { readonly event: string; readonly if?: string }
  | { readonly inactive: Duration; readonly if?: string };

export interface CanonicalDocument {
  readonly format: number;
  readonly id: string;
  /** Not part of the digest, like `description`. */
  readonly name?: string;
  readonly description?: string;
  /** Default transactional. */
  readonly purpose?: Purpose;
  readonly target: TargetType;
  readonly enroll?: {
    readonly reenroll?: "never" | "after_end";
    readonly one_per?: "target" | "contact";
  };
  readonly triggers?: readonly Trigger[];
  readonly exit?: { readonly events?: readonly string[]; readonly goal?: string };
  readonly steps: readonly CanonicalStep[];
}

/** A custom attribute as declared by a `CustomAttribute` file or a sequence's `attributes`. */
export interface AttributeDeclaration {
  readonly entity: TargetType;
  readonly key: string;
  readonly type: "text" | "number" | "boolean" | "date" | "datetime" | "list" | "link" | "currency";
  readonly options?: readonly string[];
  readonly description?: string;
}
