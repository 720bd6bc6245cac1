import { Document } from "yaml";
import { checkSchema } from "../language/check-schema.ts";
import { MOST_FINDINGS } from "../language/findings.ts";
import type { Model, Resource } from "../language/model.ts";
import type { Layout, ParsedFile } from "../language/source.ts";
import { expandTemplate, type ExpandedFile } from "./expand.ts";
import { sampleValues } from "./settle.ts";

type Rule = (model: Model) => void;

/**
 * Holds what comes of each template, with its examples, against the rules for ordinary files in this
 * workspace. What is found is reported where it stands in the template.
 */
export function proveTemplates(model: Model, rules: readonly Rule[]): void {
  for (const template of model.sequenceTemplates) {
    if (model.isWhole(template.file)) prove(model, template, rules);
  }
}

function prove(
  model: Model,
  { file, value }: Resource<"SequenceTemplate">,
  rules: readonly Rule[],
) {
  const isWrong = model.diagnostics.some(
    (found) => found.file === file.path && found.severity === "error",
  );
  if (isWrong) return;
  const whatsappInbox = model.defaultInbox("whatsapp");
  const expanded = expandTemplate(file, sampleValues(value.parameters), { whatsappInbox });
  const files = expanded.map((one) => standingIn(file, one));
  const broken = files.flatMap((one) => checkSchema(one, MOST_FINDINGS));
  model.diagnostics.push(...broken);
  if (broken.length > 0) return;
  const proof = model.withCadence(files);
  for (const rule of rules) rule(proof);
  model.diagnostics.push(...proof.diagnostics.filter((found) => found.file === file.path));
}

/** An expanded file whose places are those of the template. */
function standingIn(template: ParsedFile, { kind, value, at, filled }: ExpandedFile): ParsedFile {
  const layout = (): Layout => {
    const { document, lines } = template.layout();
    const part = new Document();
    part.contents = document.getIn([...at], true) as typeof part.contents;
    return { document: part, lines };
  };
  return {
    path: template.path,
    text: template.text,
    kind,
    value,
    stepLines: kind === "Sequence" ? template.stepLines : [],
    layout,
    origin: (path, offset, side) =>
      filled.get(JSON.stringify(path))?.origin(offset, side) ?? offset,
  };
}
