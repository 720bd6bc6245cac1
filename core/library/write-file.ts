import { Document, isCollection, isNode, visit, type YAMLMap } from "yaml";

const LINE_WIDTH = 100;
const MODELINE = /^ *yaml-language-server:.*\n?/gm;
const CODE = /\{[{%#][^]*?[}%#]\}/g;
/** Stands for a space where no line may be folded. No file that was read can hold it. */
const NO_FOLD = "\uFFFE";

/**
 * A map as a YAML file, with its comments, in the styles that it was written in.
 * @param schema the address of its kind's schema for editors; null: no such line
 */
export function writeFile(map: YAMLMap, schema: string | null): string {
  const document = new Document(null, { version: "1.2" });
  document.contents = map;
  // An item of a list may be written in one line, and stand below a blank one; a file does neither.
  map.flow = false;
  const first = map.items[0]?.key;
  for (const node of [map, first]) {
    if (!isNode(node)) continue;
    node.spaceBefore = false;
    node.commentBefore = node.commentBefore?.replaceAll(MODELINE, "") || null;
  }
  spreadLists(map);
  keepCodeTogether(map);
  const text = document.toString({ lineWidth: LINE_WIDTH }).replaceAll(NO_FOLD, " ");
  return schema === null ? text : `# yaml-language-server: $schema=${schema}\n${text}`;
}

/** Lists stand one item a line: so a change of one is a change of one line. */
function spreadLists(map: YAMLMap): void {
  visit(map, {
    Seq(_, list, ancestors) {
      for (const node of [list, ...ancestors]) if (isCollection(node)) node.flow = false;
    },
  });
}

function keepCodeTogether(map: YAMLMap): void {
  visit(map, {
    Scalar(_, scalar) {
      if (typeof scalar.value !== "string") return;
      scalar.value = scalar.value.replaceAll(CODE, (code) => code.replaceAll(" ", NO_FOLD));
    },
  });
}
