import { didYouMean } from "../../did-you-mean.ts";
import type { Model } from "../model.ts";
import type { ParsedFile, Path } from "../source.ts";

/** Every inbox, message template and approved template that is named exists. */
export function references(model: Model): void {
  const check = (
    kind: "Inbox" | "MessageTemplate" | "WhatsAppTemplate",
    known: ReadonlyMap<string, unknown>,
    id: string | undefined,
    file: ParsedFile,
    path: Path,
  ) => {
    if (id === undefined || known.has(id) || model.mayExist(kind, id)) return;
    const near = didYouMean(id, [...known.keys()]);
    const hint = near
      ? `did you mean "${near}"?`
      : `there are: ${[...known.keys()].join(", ") || "none"}`;
    model.at(file, path, "unknown-reference", `there is no ${kind} "${id}"`, hint);
  };
  for (const { file, value } of model.workspaces) {
    for (const channel of ["email", "sms", "whatsapp"] as const) {
      check("Inbox", model.inboxes, value.channels?.[channel], file, ["channels", channel]);
    }
  }
  for (const { file, value } of model.whatsapp.values())
    check("Inbox", model.inboxes, value.inbox, file, ["inbox"]);
  for (const { file, value } of model.sequences) {
    check("Inbox", model.inboxes, value.defaults?.inbox, file, ["defaults", "inbox"]);
    for (const [index, step] of value.steps.entries()) {
      const at: Path = ["steps", index];
      check("Inbox", model.inboxes, step.inbox, file, [...at, "inbox"]);
      const outside = step.outside_window?.template;
      check("WhatsAppTemplate", model.whatsapp, outside, file, [
        ...at,
        "outside_window",
        "template",
      ]);
      const { content } = step;
      if (typeof content === "string") continue;
      if ("message" in content) {
        check("MessageTemplate", model.messages, content.message, file, [
          ...at,
          "content",
          "message",
        ]);
      } else if (content.type === "template") {
        check("WhatsAppTemplate", model.whatsapp, content.template, file, [
          ...at,
          "content",
          "template",
        ]);
      }
    }
  }
}
