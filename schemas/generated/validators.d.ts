// Made from schemas/*.schema.json by `npm run generate`. Do not edit.

/** What a validator found, in the words of Ajv with `verbose`. */
export interface SchemaError {
  keyword: string;
  /** JSON pointer to the value at fault. */
  instancePath: string;
  schemaPath: string;
  params: { readonly [name: string]: unknown };
  message?: string;
  /** The keyword's value. */
  schema?: unknown;
  /** The schema that holds the keyword. */
  parentSchema?: { readonly [keyword: string]: unknown };
  /** The value at fault. */
  data?: unknown;
}

export interface Validator {
  (value: unknown): boolean;
  /** Set by the last call. */
  errors?: SchemaError[] | null;
}

export const Workspace: Validator;
export const Inbox: Validator;
export const CustomAttribute: Validator;
export const MessageTemplate: Validator;
export const WhatsAppTemplate: Validator;
export const Sequence: Validator;
export const Persona: Validator;
export const SequenceTemplate: Validator;
export const SequenceTest: Validator;
