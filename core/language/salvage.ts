import { checkFile, type SchemaError } from "../../schemas/index.ts";
import { pathOf, type ParsedFile, type Path } from "./source.ts";

/** A file without the values that its schema refuses, so that the rest of it can be checked too. */
export interface Salvaged {
  readonly file: ParsedFile;
  /** The keys at the top of the file that are gone. */
  readonly lost: ReadonlySet<string>;
}

/** Each removal may leave a map without a key that it needs, which then goes as well. */
const ROUNDS = 8;
const MOST_ERRORS = 50;

/** Null where what is left is no file of its kind. */
export function salvage(file: ParsedFile): Salvaged | null {
  let errors = checkFile(file.kind, file.value);
  if (errors.length > MOST_ERRORS) return null;
  const value = structuredClone(file.value);
  const lost = new Set<string>();
  for (let round = 0; errors.length > 0; round++) {
    if (round === ROUNDS) return null;
    for (const error of errors) {
      const mended = mend(value, error);
      if (mended === null) return null;
      if (mended.length === 1) lost.add(String(mended[0]));
    }
    errors = checkFile(file.kind, value);
  }
  return { file: { ...file, value }, lost };
}

/** Stands for what is missing, so that the rest of a step or file can be checked. */
const FILLERS: Readonly<Record<string, string>> = {
  wait: "immediately",
  content: "-",
  name: "-",
  timezone: "UTC",
  from: "-",
};

/** Removes the value at fault, or what is around it, and tells where. Null at the root. */
function mend(root: object, { keyword, instancePath, params }: SchemaError): Path | null {
  const path = pathOf(instancePath, root);
  const missing = keyword === "required" ? String(params["missingProperty"]) : null;
  const filler = missing === null ? undefined : fillerOf(missing, path);
  if (missing !== null && filler !== undefined) {
    Reflect.set(valueAt(root, path), missing, filler);
    return [...path, missing];
  }
  const unknown = params["additionalProperty"];
  const full = typeof unknown === "string" ? [...path, unknown] : path;
  // A list stays whole or goes whole, because positions in it are places in the file.
  const last = full.findLastIndex((part) => typeof part === "string");
  if (last < 0) return null;
  const removed = full.slice(0, last + 1);
  Reflect.deleteProperty(valueAt(root, removed.slice(0, -1)), removed.at(-1)!);
  return removed;
}

function fillerOf(missing: string, path: Path): string | undefined {
  const [list, position] = path;
  if (missing === "id") return list === "steps" ? `step-${position}` : undefined;
  return FILLERS[missing];
}

function valueAt(root: object, path: Path): object {
  const step = (value: unknown, part: string | number) =>
    Object(value) === value ? Reflect.get(value as object, part) : undefined;
  return Object(path.reduce<unknown>(step, root)) as object;
}
