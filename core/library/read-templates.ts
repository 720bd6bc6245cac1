import type { FileOf } from "../../schemas/index.ts";
import { checkSchema } from "../language/check-schema.ts";
import { parseFile } from "../language/parse.ts";
import type { ParsedFile, SourceFile } from "../language/source.ts";

/** A template that can be applied. */
export interface LibraryTemplate {
  readonly file: ParsedFile;
  readonly value: FileOf["SequenceTemplate"];
}

const KIND = /^kind:[ \t]*["']?SequenceTemplate\b/m;

/** The templates among these files, in the order of their ids; those that have mistakes are left out. */
export function readTemplates(files: readonly SourceFile[]): LibraryTemplate[] {
  return files
    .filter(({ text }) => KIND.test(text))
    .flatMap((source) => {
      const { file } = parseFile(source);
      if (file?.kind !== "SequenceTemplate" || checkSchema(file, 1).length > 0) return [];
      return [{ file, value: file.value as unknown as LibraryTemplate["value"] }];
    })
    .toSorted((a, b) => (a.value.id < b.value.id ? -1 : 1));
}
