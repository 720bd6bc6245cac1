import { didYouMean } from "../../did-you-mean.ts";
import type { Model } from "../model.ts";
import { WARNINGS } from "./names.ts";

/** A severity is only set for a warning that exists: any other setting would do nothing, silently. */
export function lint(model: Model): void {
  for (const { file, value } of model.workspaces) {
    for (const name of Object.keys(value.lint ?? {})) {
      if (WARNINGS.includes(name)) continue;
      const near = didYouMean(name, WARNINGS);
      const hint = near ? `did you mean "${near}"?` : "cadenza explain lists what is a warning";
      const message = `"${name}" is no warning whose severity can be set`;
      model.atKey(file, ["lint", name], "lint-unknown", message, hint, "warning");
    }
  }
}
