import {
  compile,
  formatPretty,
  type Compilation,
  type SourceFile,
} from "../../core/language/index.ts";
import { expandTemplate, type ExpandedFile } from "../../core/library/expand.ts";
import { EXIT, UsageError, type ExitCode, type Io } from "../io.ts";
import { headOf } from "../library/head.ts";
import { editorLine } from "../library/editor-line.ts";
import { offeredTemplates, templateNamed, type Offered } from "../library/templates.ts";
import { collectValues } from "../library/values.ts";
import { isTaken, writeAll } from "../library/write.ts";
import { paint } from "../output/paint.ts";
import { pathFrom } from "../repository.ts";
import { loadWorkspace } from "../workspace.ts";
import type { WorkspaceFiles } from "../workspace-files.ts";

interface ApplyOptions {
  readonly root?: string;
  readonly set?: readonly string[];
  readonly id?: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

/** `cadenza template apply <id>`: ordinary files of a template, checked together with the workspace. */
export async function apply(id: string, options: ApplyOptions, io: Io): Promise<ExitCode> {
  if (options.id !== undefined && !/^[a-z0-9][a-z0-9-]{0,62}$/.test(options.id)) {
    throw new UsageError(`--id ${options.id}: an id has small letters, digits and hyphens alone`);
  }
  const { templates } = await offeredTemplates(options, io);
  const template = templateNamed(templates, id);
  const loaded = await loadWorkspace(options, io);
  if (loaded === null) return EXIT.findings;
  const { files: workspace, compiled } = loaded;
  const whatsappInbox = inboxFor(template, compiled);
  const values = await collectValues(template.value, options.set ?? [], io);
  const expanded = expandTemplate(template.file, values, {
    ...(options.id === undefined ? {} : { id: options.id }),
    whatsappInbox,
    schema: editorLine(workspace.files),
  });
  const made = placed(withoutDeclared(expanded, compiled), workspace);
  await refuseTaken(made, workspace, options);

  const paths = new Set(made.map(({ path }) => path));
  const others = workspace.files.filter(({ path }) => !paths.has(path));
  const { diagnostics } = compile([...others, ...made]);
  const own = diagnostics.filter(({ file, severity }) => severity === "error" || paths.has(file));
  if (own.length > 0) {
    const style = { color: io.color, pathOf: pathFrom(io.cwd, workspace.root) };
    io.err(`${formatPretty(own, [...others, ...made], style)}\n`);
  }
  if (own.some(({ severity }) => severity === "error")) {
    io.err("with these files the workspace would be in error; nothing was written\n");
    return EXIT.findings;
  }
  if (options.dryRun) {
    io.out(made.map(({ path, text }) => `--- # ${path}\n${text}`).join("\n"));
    return EXIT.fine;
  }
  const known = new Map(workspace.files.map(({ path, text }) => [path, text]));
  const changed = made.filter(({ path, text }) => known.get(path) !== text);
  await writeAll(workspace.root, changed);
  tell(template, changed, options.id ?? id, io);
  return EXIT.fine;
}

/** @throws UsageError where the template brings WhatsApp templates along that belong to no inbox */
function inboxFor(
  { value }: Offered,
  { workspace }: Pick<Compilation, "workspace">,
): string | undefined {
  const inbox = workspace?.channels.inboxes.whatsapp;
  const isNeeded = value.whatsapp_templates?.some((one) => one.inbox === undefined) ?? false;
  if (inbox === undefined && isNeeded) {
    throw new UsageError(
      `${value.id} is sent by WhatsApp, and the workspace has no inbox for it: add a file with ` +
        "kind: Inbox, channel: whatsapp (provider: outbox does until you have one), or where " +
        "there are several, name the default in cadenza.yaml: channels: { whatsapp: … }",
    );
  }
  return inbox;
}

/** An attribute that the workspace has already, by another template perhaps, needs no second file. */
function withoutDeclared(
  expanded: readonly ExpandedFile[],
  { attributes }: Pick<Compilation, "attributes">,
): readonly ExpandedFile[] {
  return expanded.filter(
    ({ kind, value }) =>
      kind !== "CustomAttribute" ||
      !attributes.some(
        ({ entity, key, type }) =>
          entity === value["entity"] && key === value["key"] && type === value["type"],
      ),
  );
}

/** A resource that exists stays where it is: its identity is its kind and id, never its path. */
function placed(expanded: readonly ExpandedFile[], workspace: WorkspaceFiles): SourceFile[] {
  return expanded.map((one) => {
    const { kind, value } = one;
    const existing = workspace.files.find(({ text }) => {
      const head = headOf(text);
      return head.kind === kind && head.id === value["id"];
    });
    return { path: existing?.path ?? one.path, text: one.text() };
  });
}

async function refuseTaken(
  made: readonly SourceFile[],
  { root, files }: WorkspaceFiles,
  { force, id }: ApplyOptions,
): Promise<void> {
  if (force) return;
  const known = new Map(files.map(({ path, text }) => [path, text]));
  const taken: string[] = [];
  for (const { path, text } of made) {
    if (known.get(path) !== text && (await isTaken(root, path))) taken.push(path);
  }
  if (taken.length === 0) return;
  const other = id === undefined ? ", give the sequence another id with --id" : "";
  throw new UsageError(
    `these files exist and would change; overwrite them with --force${other}:\n  ${taken.join("\n  ")}`,
  );
}

function tell({ value }: Offered, made: readonly SourceFile[], sequence: string, io: Io): void {
  const { dim } = paint(io.color);
  if (made.length === 0) {
    io.err("every file is there already, as the template has it\n");
    return;
  }
  io.out(made.map(({ path }) => `wrote ${path}\n`).join(""));
  const approval = value.whatsapp_templates?.length
    ? "have the WhatsApp templates approved with the text in templates/, under their names;\n"
    : "";
  io.err(dim(`${approval}read it over: cadenza preview ${sequence}, cadenza test ${sequence}\n`));
}
