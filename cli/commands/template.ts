import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { showTemplate } from "../library/show.ts";
import { offeredTemplates, templateNamed } from "../library/templates.ts";
import { formatList, formatTemplate, summaryOf } from "../output/template.ts";

interface Options {
  readonly root?: string;
  readonly output: "pretty" | "json";
}

/** `cadenza template list`: the library, and the workspace's own templates. */
export async function list(
  { niche, ...options }: Options & { readonly niche?: string },
  io: Io,
): Promise<ExitCode> {
  const { templates } = await offeredTemplates(options, io);
  const wanted = niche?.trim().toLowerCase() ?? "";
  const found = templates.filter(({ value }) => value.niche.toLowerCase().includes(wanted));
  if (found.length === 0) {
    const niches = [...new Set(templates.map(({ value }) => value.niche))];
    throw new UsageError(`no template for ${niche}; there are: ${niches.join(", ")}`);
  }
  if (options.output === "json") printJson(io, found.map(summaryOf));
  else io.out(formatList(found, io.color));
  return EXIT.fine;
}

/** `cadenza template show <id>`: what it asks for, and what it says when. */
export async function show(id: string, options: Options, io: Io): Promise<ExitCode> {
  const { templates, own } = await offeredTemplates(options, io);
  const template = templateNamed(templates, id);
  const start = Math.floor(io.now() / 60_000) * 60_000;
  const shown = await showTemplate(template, start, own?.files ?? []);
  if (options.output === "json") {
    printJson(io, { ...summaryOf(template), preview: shown?.preview ?? null });
  } else io.out(formatTemplate(template, shown, io.color));
  return EXIT.fine;
}
