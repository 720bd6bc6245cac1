import { readdirSync } from "node:fs";

const VERB = String.raw`(?:update(?:\s+only)?|insert\s+into|delete\s+from(?:\s+only)?|merge\s+into|truncate(?:\s+table)?|copy)`;
/** The table itself, or a table that this text does not name. */
const TABLE = String.raw`(?:(?:public\.)?"?enrollments\b|\$\{(?:table\b|sql\.(?:table|id|raw|ref)\("enrollments))`;
const WRITES = [
  new RegExp(String.raw`\b${VERB}\s+${TABLE}`, "i"),
  /\.(?:updateTable|insertInto|replaceInto|deleteFrom|mergeInto)\(\s*["'`](?:public\.)?enrollments\b/,
  // A table that is not named on the spot could be any.
  /\.(?:updateTable|insertInto|replaceInto|deleteFrom|mergeInto)\(\s*[^"'`\s)]/,
];

/**
 * The exported functions of a source text that write to `enrollments`, themselves or through a private
 * one of the same module; a private one that nobody calls under its own name. By the text: a function
 * ends at the first line that begins with a closing brace.
 */
export function writersIn(source: string): string[] {
  const functions = [...source.matchAll(/^(export )?(?:async )?function (\w+)[\s\S]*?^\}/gm)].map(
    ([text, isExported, name]) => ({ text, name: name!, isExported: isExported !== undefined }),
  );
  const writers = new Set(functions.filter(({ text }) => writes(text)).map(({ name }) => name));
  const rest = functions.reduce((left, { text }) => left.replace(text, ""), source);
  return [
    ...(writes(rest) ? ["(top level)"] : []),
    ...[...writers].flatMap((name) => doorsTo(name, functions, new Set())),
  ].filter((name, index, all) => all.indexOf(name) === index);
}

interface Declared {
  readonly text: string;
  readonly name: string;
  readonly isExported: boolean;
}

/** The exported functions through which a function is reached; itself when there are none. */
function doorsTo(name: string, functions: readonly Declared[], seen: Set<string>): string[] {
  seen.add(name);
  if (functions.some((one) => one.name === name && one.isExported)) return [name];
  const calls = new RegExp(String.raw`\b${name}\(`);
  const callers = functions.filter((one) => !seen.has(one.name) && calls.test(one.text));
  const doors = callers.flatMap((caller) => doorsTo(caller.name, functions, seen));
  return doors.length === 0 ? [name] : doors;
}

function writes(text: string): boolean {
  return WRITES.some((pattern) => pattern.test(text));
}

/** Every TypeScript file in some folders, relative to the root. */
export function sourceFiles(root: URL, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `${folder}/${path}`),
  );
}
