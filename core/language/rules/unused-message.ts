import type { Model } from "../model.ts";

/** Every message template is sent by some sequence, or by what a template makes. */
export function unusedMessages(model: Model): void {
  if (!model.knows("Sequence", "SequenceTemplate")) return;
  const used = new Set([...model.sequences, ...model.sequenceTemplates].flatMap(messagesOf));
  // What a parameter fills in may be any.
  if ([...used].some((id) => id.includes("${"))) return;
  for (const { file, value } of model.messages.values()) {
    if (used.has(value.id)) continue;
    const message = `no sequence sends "${value.id}"`;
    const hint = `write content: { message: ${value.id} } in a step, or remove this file`;
    model.at(file, ["id"], "unused-message", message, hint, "warning");
  }
}

function messagesOf({ value }: Model["sequences"][number] | Model["sequenceTemplates"][number]) {
  return value.steps.flatMap(({ content }) =>
    typeof content === "object" && "message" in content ? [content.message] : [],
  );
}
