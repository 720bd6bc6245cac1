import type { Model } from "../model.ts";

/** One workspace; every `(kind, id)` once; every step id once in its sequence. */
export function identity(model: Model): void {
  const [first, ...more] = model.workspaces;
  for (const { file } of more) {
    model.atKey(
      file,
      ["kind"],
      "workspace-duplicate",
      `there is a workspace already, in ${first?.file.path}`,
      "keep one of them; two teams with rules of their own are two folders",
    );
  }
  const seen = new Map<string, string>();
  for (const file of model.files) {
    const { id } = file.value;
    if (file.kind === "Workspace" || typeof id !== "string") continue;
    const name = `${file.kind} ${id}`;
    const earlier = seen.get(name);
    if (earlier === undefined) seen.set(name, file.path);
    else {
      const hint = "give one of them another id, or remove it";
      model.at(file, ["id"], "duplicate-id", `${name} exists already, in ${earlier}`, hint);
    }
  }
  for (const { file, value } of model.sequences) {
    const ids = new Set<string>();
    for (const [index, { id }] of value.steps.entries()) {
      if (ids.has(id)) {
        const hint = "a step's id is its identity: give this one another";
        model.at(
          file,
          ["steps", index, "id"],
          "duplicate-step-id",
          `step "${id}" exists already`,
          hint,
        );
      }
      ids.add(id);
    }
  }
}
