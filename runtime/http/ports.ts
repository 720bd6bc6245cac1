import type { EntityData } from "../../core/facts.ts";
import type { TargetType } from "../../core/language/document.ts";
import type { Preview } from "../../core/preview/index.ts";
import type { EventOutcome, ReportedEvent } from "../../store/events.ts";
import type { MigrationRoute, VersionMigration } from "../../store/version-migrations.ts";
import type { Person } from "../../store/person.ts";
import type { Edit } from "../approvals/approvals.ts";
import type { MigratedStep } from "../migrations/check.ts";
import type { InboundEvent } from "../inbound/events.ts";
import type { OptedOut, OptOut } from "../opt-out.ts";
import type { ProblemName } from "./problem.ts";

/** One target to be enrolled, its values already in the form that is stored. */
export interface EnrollRequest {
  readonly sequence: string;
  readonly target: { readonly type: TargetType; readonly id: string };
  /** Merges into the contact; `id` may be absent where the target says whose it is. */
  readonly contact: { readonly id: string | null; readonly data: EntityData } | null;
  /** Merges into the target. */
  readonly data: { readonly contactId: string | null; readonly data: EntityData } | null;
  readonly agent: { readonly id: string; readonly data: EntityData } | null;
  /** Epoch ms; null: from now. */
  readonly startAt: number | null;
  readonly idempotency: {
    readonly apiKeyId: string;
    readonly key: string;
    readonly requestHash: string;
  } | null;
}

/** An enrollment as `POST /v1/enrollments` answers it. */
export interface Enrolled {
  readonly id: string;
  readonly sequence: string;
  readonly version: number;
  readonly state: string;
  readonly next_step: string | null;
  readonly next_due_at: string | null;
}

export interface Refusal {
  readonly problem: ProblemName;
  readonly detail: string;
}

export type EnrollResult =
  /** 201 when it began, 200 when it was under way already. */
  | { readonly status: 200 | 201; readonly enrolled: Enrolled; readonly replayed: boolean }
  | { readonly refused: Refusal };

/** An entity to be created or merged. */
export interface EntityChange {
  readonly type: TargetType | "agent";
  readonly id: string;
  /** Whose it is, for a target that is not a contact; null: as it is stored. */
  readonly contactId: string | null;
  readonly data: EntityData;
}

/** Something that a service says has happened, and what it says of its target. */
export interface EventReport {
  readonly event: ReportedEvent;
  readonly data: { readonly contactId: string | null; readonly data: EntityData } | null;
}

export type EventResult =
  | { readonly isNew: boolean; readonly outcome: EventOutcome }
  | { readonly refused: Refusal };

type EntityResult = { readonly created: boolean } | { readonly refused: Refusal };
export type ActionResult = { readonly done: true } | { readonly refused: Refusal };

/** What a migration would do, and the migration itself unless that was all that was asked. */
export type MigrationResult =
  | { readonly steps: readonly MigratedStep[]; readonly started: VersionMigration | null }
  | { readonly refused: Refusal };

/** Whose preview is asked for: a contact, a target, or a contact's latest target of a type. */
export interface PreviewRequest {
  readonly sequence: string | null;
  readonly contact: string | null;
  readonly target: { readonly type: TargetType; readonly id: string | null } | null;
  /** Epoch ms; null: now. */
  readonly start: number | null;
}

export type PreviewResult =
  | {
      readonly person: string;
      readonly target: { readonly type: TargetType; readonly id: string };
      readonly known: Person;
      readonly sequence: string | null;
      readonly version: number | null;
      readonly preview: Preview | null;
    }
  | { readonly refused: Refusal };

/** What the API asks of the engine. Each call is one transaction, or several for a long list. */
export interface HttpPorts {
  /** Enrolls; one result a request, in their order. */
  enroll(requests: readonly EnrollRequest[]): Promise<readonly EnrollResult[]>;
  /** Merges an entity and re-derives the enrollments that wait for what it says. */
  mergeEntity(change: EntityChange): Promise<EntityResult>;
  /** Takes an event in, once: exits and triggers. */
  reportEvent(report: EventReport): Promise<EventResult>;
  /** Ends a person's enrollments and erases what is kept of them; false when there is no such contact. */
  eraseContact(id: string, by: string): Promise<boolean>;
  pauseEnrollment(id: string, by: string): Promise<ActionResult>;
  resumeEnrollment(id: string, by: string): Promise<ActionResult>;
  exitEnrollment(id: string, by: string, reason: string): Promise<ActionResult>;
  /** Tries the step again that an enrollment is held at, or has failed at. */
  retryEnrollment(id: string, by: string): Promise<ActionResult>;
  /** Passes the next step over. */
  skipStep(id: string, by: string): Promise<ActionResult>;
  /** Says what became of a message whose fate is unknown. */
  settleMessage(id: string, as: "sent" | "not_sent", by: string): Promise<ActionResult>;
  /** Lets a draft go, as it is or as a person wrote it. */
  approveDraft(id: string, edit: Edit | null, by: string): Promise<ActionResult>;
  /** Passes a draft's step over. */
  discardDraft(id: string, by: string): Promise<ActionResult>;
  /** Carries a version's live enrollments on to another; by itself, once it is started. */
  migrate(route: MigrationRoute, dryRun: boolean, by: string): Promise<MigrationResult>;
  /** What would be said; changes nothing. */
  preview(request: PreviewRequest): Promise<PreviewResult>;
  /** Suppresses addresses and ends what can no longer reach them; one result each, in their order. */
  optOut(optOuts: readonly OptOut[]): Promise<readonly OptedOut[]>;
  /** Takes in what a provider reports to an inbox, each event once; how many were new. */
  receive(inbox: string, events: readonly InboundEvent[]): Promise<number>;
  /** Something may be due now: wakes the dispatcher. */
  dataChanged(): void;
  /** Wakes a controller in this process; the request itself is in the database. */
  requestReconcile(): void;
}
