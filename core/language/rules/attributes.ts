import type { AttributeDeclaration } from "../document.ts";
import type { Model } from "../model.ts";
import type { ParsedFile, Path } from "../source.ts";

/** An attribute has one type wherever it is declared. */
export function attributes(model: Model): void {
  const types = new Map<string, { readonly type: string; readonly file: string }>();
  const check = (declared: AttributeDeclaration, file: ParsedFile, path: Path) => {
    const name = `${declared.entity}.${declared.key}`;
    const first = types.get(name);
    if (first === undefined) types.set(name, { type: declared.type, file: file.path });
    else if (first.type !== declared.type) {
      const message = `${name} is ${declared.type} here and ${first.type} in ${first.file}`;
      model.at(
        file,
        [...path, "type"],
        "attribute-conflict",
        message,
        "an attribute keeps one type for good",
      );
    }
  };
  for (const file of model.files) {
    if (file.kind === "CustomAttribute")
      check(file.value as unknown as AttributeDeclaration, file, []);
  }
  for (const { file, value } of model.sequences) {
    for (const [index, declared] of (value.attributes ?? []).entries())
      check(declared, file, ["attributes", index]);
  }
}
