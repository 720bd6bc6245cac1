import type { SourceFile } from "../../core/language/index.ts";
import type { ExpandOptions } from "../../core/library/expand.ts";

const LINE = /^# yaml-language-server: \$schema=(\S*?)workspace\.schema\.json\s*$/m;

/** How files of this workspace name their schema for editors: as its `cadenza.yaml` does, or not at all. */
export function editorLine(files: readonly SourceFile[]): NonNullable<ExpandOptions["schema"]> {
  const workspace = files.find(({ path }) => /^cadenza\.ya?ml$/.test(path));
  const base = LINE.exec(workspace?.text ?? "")?.[1];
  return (kind, path) => {
    if (base === undefined) return null;
    const name = kind
      .replace("WhatsApp", "Whatsapp")
      .replaceAll(/(?<=[a-z])[A-Z]/g, "-$&")
      .toLowerCase();
    const isAbsolute = /^([a-z]+:|\/)/.test(base);
    const up = isAbsolute ? "" : "../".repeat(path.split("/").length - 1);
    return `${up}${base.replace(/^\.\//, "")}${name}.schema.json`;
  };
}
