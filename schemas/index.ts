import type {
  CustomAttributeFile,
  InboxFile,
  MessageTemplateFile,
  PersonaFile,
  SequenceFile,
  SequenceTemplateFile,
  SequenceTestFile,
  WhatsAppTemplateFile,
  WorkspaceFile,
} from "./generated/types.ts";
import * as generated from "./generated/validators.js";
import type { SchemaError, Validator } from "./generated/validators.js";

export type * from "./generated/types.ts";
export type { SchemaError, Validator } from "./generated/validators.js";
export { entities } from "./generated/entities.ts";

/** The authored form of each kind. */
export interface FileOf {
  Workspace: WorkspaceFile;
  Inbox: InboxFile;
  CustomAttribute: CustomAttributeFile;
  MessageTemplate: MessageTemplateFile;
  WhatsAppTemplate: WhatsAppTemplateFile;
  Sequence: SequenceFile;
  Persona: PersonaFile;
  SequenceTemplate: SequenceTemplateFile;
  SequenceTest: SequenceTestFile;
}

export type Kind = keyof FileOf;

/** Ajv's compiled validators by kind; `checkFile` is what most callers want. */
export const validators: { readonly [kind in Kind]: Validator } = generated;

/** Every kind of this release. */
export const KINDS: readonly Kind[] = [
  "Workspace",
  "Inbox",
  "CustomAttribute",
  "MessageTemplate",
  "WhatsAppTemplate",
  "Sequence",
  "Persona",
  "SequenceTemplate",
  "SequenceTest",
];

/**
 * What the kind's schema says against a parsed file, all of it; empty when it is a `FileOf[kind]`.
 * Where a value can take several forms, only the form that was meant is held against it.
 */
export function checkFile(kind: Kind, value: unknown): readonly SchemaError[] {
  const validator = validators[kind];
  if (validator(value)) return [];
  // an `if` reports itself beside the errors of the branch it chose
  return (validator.errors ?? []).filter((error) => error.keyword !== "if");
}
