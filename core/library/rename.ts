import { isMap, isSeq, type YAMLMap } from "yaml";
import type { FileOf } from "../../schemas/index.ts";

/**
 * How a template's resources are called when its sequence gets an id of its own, so that it can be
 * applied twice: `pix-bia` of `pix` becomes `shop-pix-bia` of `shop-pix`.
 */
export function renames(template: FileOf["SequenceTemplate"], to: string) {
  const from = template.id;
  const id = (given: string): string => {
    if (from === to) return given;
    if (given === from) return to;
    return `${to}-${given.startsWith(`${from}-`) ? given.slice(from.length + 1) : given}`;
  };
  const own = {
    template: new Set(template.whatsapp_templates?.map((one) => one.id)),
    persona: new Set(template.personas?.map((one) => one.id)),
  };
  const refer = (map: unknown, key: "template" | "persona"): void => {
    const given: unknown = isMap(map) ? map.get(key) : undefined;
    if (isMap(map) && typeof given === "string" && own[key].has(given)) map.set(key, id(given));
  };
  return {
    id,
    /** Renames what a sequence or a test refers to, and the name that a template is approved by. */
    references(map: YAMLMap): void {
      if (from === to) return;
      refer(map, "persona");
      const name: unknown = map.get("name");
      if (map.has("category") && typeof name === "string") map.set("name", approvedName(name));
      const steps: unknown = map.get("steps");
      for (const step of isSeq(steps) ? steps.items : []) {
        if (!isMap(step)) continue;
        refer(step.get("content"), "template");
        refer(step.get("outside_window"), "template");
      }
    },
  };

  function approvedName(name: string): string {
    return id(name.replaceAll("_", "-")).replaceAll("-", "_");
  }
}
