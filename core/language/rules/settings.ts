import { withArticle } from "../../article.ts";
import type { Model } from "../model.ts";

/** Settings that only make sense together: inactivity and conversations, a model and what it is asked for. */
export function settings(model: Model): void {
  for (const { file, value } of model.sequences) {
    for (const [index, trigger] of (value.triggers ?? []).entries()) {
      if (!("inactive" in trigger) || value.target === "conversation") continue;
      const message = `only a conversation can be inactive, and the target is ${withArticle(value.target)}`;
      const hint = "make it target: conversation, or begin with an event";
      model.atKey(file, ["triggers", index, "inactive"], "trigger-target", message, hint);
    }
  }
  for (const { sequence, step, path } of model.steps()) {
    if (step.compose === undefined || step.compose === "static" || step.ai !== undefined) continue;
    const message = `compose: ${step.compose} needs to be told what to write`;
    const hint = "add ai: { intent: … }";
    model.atKey(sequence.file, [...path, "id"], "ai-missing", message, hint);
  }
}
