export { compile, type Compilation, type CompiledVersion } from "./compile.ts";
export { formatPretty } from "./frame.ts";
export { createRecompiler } from "./recompile.ts";
export { resolvePersona, type Persona } from "./persona.ts";
export type { ExpectedMessage, Expectation, Happening, Scenario } from "./scenario.ts";
export { scopeFor } from "./scope.ts";
export type { SourceFile } from "./source.ts";
export type { Variable } from "./variables.ts";
