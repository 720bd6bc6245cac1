import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { isKnownZone } from "../../core/time/index.ts";
import { EXIT, UsageError, type ExitCode, type Io } from "../io.ts";
import { makeFolder } from "../make-folder.ts";
import { shellWord } from "../output/shell.ts";
import { columns } from "../output/table.ts";
import { version } from "../version.ts";

interface InitOptions {
  readonly name?: string;
  readonly timezone?: string;
  readonly ci: "github" | "gitlab" | "none";
}

/** What a new repository begins with. A name that begins with `_` stands for one that begins with a dot. */
const SCAFFOLD = join(import.meta.dirname, "../scaffold");
const SCHEMAS = join(import.meta.dirname, "../../schemas");

/** Each platform's pipeline: where it lies among the examples, and in a repository. */
const PIPELINES = {
  github: ["github/cadences.yaml", ".github/workflows/cadences.yaml"],
  gitlab: ["gitlab/gitlab-ci.yml", ".gitlab-ci.yml"],
} as const;

/**
 * `cadenza init [dir]`: a repository of cadences with an example, a test, editor settings and CI. What is
 * there already stays as it is; only the schemas of the editor are brought up to date.
 */
export async function init(
  given: string | undefined,
  options: InitOptions,
  io: Io,
): Promise<ExitCode> {
  const folder = resolve(io.cwd, given ?? ".");
  const timezone = options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!isKnownZone(timezone)) {
    throw new UsageError(`--timezone ${timezone} is no IANA zone, such as America/Sao_Paulo`);
  }
  if ((await stat(folder).catch(() => null))?.isDirectory() === false) {
    throw new UsageError(`${given} is not a folder`);
  }
  const values = { name: options.name ?? basename(folder), timezone };
  const files = new Map([
    ...(await scaffold(values)),
    ...(await pipeline(options.ci)),
    ["package.json", packageJson(values.name)],
  ]);
  const { written, kept } = await write(files, folder);
  for (const name of written) io.out(`${name}\n`);
  const way = relative(io.cwd, folder);
  tell(way.startsWith("..") ? folder : way, kept, io);
  return EXIT.fine;
}

async function scaffold(values: Readonly<Record<string, string>>): Promise<[string, string][]> {
  const entries = await readdir(SCAFFOLD, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return await Promise.all(
    paths.toSorted().map(async (path): Promise<[string, string]> => {
      const name = relative(SCAFFOLD, path).replaceAll("\\", "/").replace(/^_/, ".");
      return [name, fill(await readFile(path, "utf8"), values)];
    }),
  );
}

async function pipeline(ci: InitOptions["ci"]): Promise<[string, string][]> {
  if (ci === "none") return [];
  const [example, name] = PIPELINES[ci];
  const text = await readFile(join(import.meta.dirname, "../../examples", example), "utf8");
  return [[name, text]];
}

/** `"{{name}}"` becomes the value as a YAML string. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/"\{\{(\w+)\}\}"/g, (found, key: string) =>
    Object.hasOwn(values, key) ? JSON.stringify(values[key]) : found,
  );
}

function packageJson(name: string): string {
  const content = {
    name:
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "") || "cadences",
    private: true,
    scripts: {
      validate: "cadenza validate",
      test: "cadenza test",
      preview: "cadenza preview",
      serve: "cadenza serve",
    },
    devDependencies: { cadenza: `^${version()}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** @throws UsageError when the folder cannot be written to */
async function write(files: ReadonlyMap<string, string>, folder: string) {
  const written: string[] = [];
  const kept: string[] = [];
  try {
    for (const [name, text] of files) {
      const isNew = await writeNew(join(folder, name), text);
      (isNew ? written : kept).push(name);
    }
    await copySchemas(join(folder, "cadences/.schemas"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`cannot write to ${folder} (${code ?? message})`);
  }
  return { written, kept };
}

/** False where there is such a file already: it may be somebody's work. */
async function writeNew(path: string, text: string): Promise<boolean> {
  makeFolder(dirname(path));
  try {
    await writeFile(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function copySchemas(folder: string): Promise<void> {
  makeFolder(folder);
  const names = (await readdir(SCHEMAS)).filter((name) => name.endsWith(".schema.json"));
  for (const name of names) await cp(join(SCHEMAS, name), join(folder, name));
}

function tell(folder: string, kept: readonly string[], io: Io): void {
  if (kept.length > 0) io.err(`\nkept as they were: ${kept.join(", ")}\n`);
  const next = [
    ...(folder === "" ? [] : [[`cd ${shellWord(folder)}`, ""]]),
    ["npm install", "cadenza itself, from where your team gets its packages"],
    ["npx cadenza validate", "every mistake at once"],
    ["npx cadenza preview", "what Ana would get, and when"],
    ["npx cadenza test", "the example's scenario"],
  ];
  io.err(`\nNext:\n${columns(next.map(([command = "", why = ""]) => [`  ${command}`, why]))}`);
}
