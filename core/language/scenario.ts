import type { FileOf } from "../../schemas/index.ts";
import type { EntityData } from "../facts.ts";
import type { Model, Resource } from "./model.ts";
import { PERSONA_ENTITIES, personaOf, sampleOf, type Persona } from "./persona.ts";

type File = FileOf["SequenceTest"];
export type Happening = NonNullable<File["given"]>[number];
export type Expectation = File["expect"];
export type ExpectedMessage = NonNullable<Expectation["messages"]>[number];

/** One `SequenceTest`, its persona looked up. Its moments are as written. */
export interface Scenario {
  readonly id: string;
  readonly name: string;
  /** The test file. */
  readonly path: string;
  readonly sequence: string;
  readonly persona: Persona;
  readonly start: string;
  readonly until: string | null;
  readonly given: readonly Happening[];
  readonly expect: Expectation;
}

/** A valid test as it is run. */
export function scenarioOf(model: Model, { file, value }: Resource<"SequenceTest">): Scenario {
  const { id, name = id, sequence, start, until = null, given = [], expect } = value;
  const persona = personaFor(model, value);
  return { id, name, path: file.path, sequence, persona, start, until, given, expect };
}

/** The persona named, with what the test says itself on top of it. */
function personaFor(model: Model, value: File): Persona {
  const named = model.personas.find((persona) => persona.value.id === value.persona);
  const own = sampleOf(value);
  if (named === undefined) return { ...own, id: value.id, name: value.id };
  const base = personaOf(named);
  const given = PERSONA_ENTITIES.filter((entity) => value[entity] !== undefined);
  const merged = given.map((entity) => [entity, mergedData(base[entity], own[entity])] as const);
  return { ...base, ...Object.fromEntries(merged) };
}

function mergedData(base: EntityData = {}, own: EntityData = {}): EntityData {
  const custom = { ...base.custom, ...own.custom };
  return { ...base, ...own, ...(Object.keys(custom).length === 0 ? {} : { custom }) };
}
