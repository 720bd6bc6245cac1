import type { Severity } from "../diagnostic.ts";
import { CHANGES } from "./changes.ts";
import { CONTENT } from "./content.ts";
import { EXCEPTIONS } from "./exceptions.ts";
import { FILES } from "./files.ts";
import { pageOf, type Lesson } from "./lesson.ts";
import { LIBRARY } from "./library.ts";
import { SCENARIOS } from "./scenarios.ts";
import { SENDING } from "./sending.ts";
import { SHAPE } from "./shape.ts";
import { TIME } from "./time.ts";
import { VARIABLES } from "./variables.ts";
import { WORKSPACE } from "./workspace.ts";

/** A rule that files are held against, for whoever breaks it. */
export interface Rule {
  readonly id: string;
  /** What it is about. */
  readonly topic: string;
  readonly severity: Severity;
  /** Why it is a rule, in one line. */
  readonly reason: string;
  /** Markdown: why, an example that is wrong, one that is right. */
  readonly page: string;
}

/** The rules by what they are about, in the order in which a file is checked. */
export const TOPICS = {
  Files: FILES,
  "Keys and values": SHAPE,
  Workspace: WORKSPACE,
  Time: TIME,
  "Texts and conditions": VARIABLES,
  "What is said": CONTENT,
  "Templates and personas": LIBRARY,
  Scenarios: SCENARIOS,
  Exceptions: EXCEPTIONS,
  Changes: CHANGES,
  Sending: SENDING,
} as const;

const LESSONS = {
  ...FILES,
  ...SHAPE,
  ...WORKSPACE,
  ...TIME,
  ...VARIABLES,
  ...CONTENT,
  ...LIBRARY,
  ...SCENARIOS,
  ...EXCEPTIONS,
  ...CHANGES,
  ...SENDING,
};

/** The id of a rule. */
export type RuleId = keyof typeof LESSONS;

/** Every rule as it is taught. */
export const CURRICULUM: Readonly<Record<RuleId, Lesson>> = LESSONS;

/** Every rule, topic by topic. */
export const CATALOGUE: readonly Rule[] = Object.entries(TOPICS).flatMap(([topic, lessons]) =>
  Object.entries<Lesson>(lessons).map(([id, lesson]) => ({
    id,
    topic,
    severity: lesson.severity,
    reason: lesson.reason,
    page: pageOf(id, lesson),
  })),
);

/** The rule of that id. */
export function ruleNamed(id: string): Rule | undefined {
  return CATALOGUE.find((rule) => rule.id === id);
}
