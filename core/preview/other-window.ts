import { composeMessage } from "../enrollment/content.ts";
import type { CompiledStep, OutgoingMessage, Situation } from "../enrollment/index.ts";
import { templateOf } from "./template.ts";
import type { PreviewedStep } from "./types.ts";

/**
 * What a WhatsApp step says if the window is not as foreseen: the contact writes before it is due, or
 * stays silent. Null where that makes no difference.
 */
export function otherWindow(
  compiled: CompiledStep,
  message: OutgoingMessage,
  { workspace, facts }: Situation,
  zone: string,
): PreviewedStep["other_window"] {
  const inbox = workspace.inboxes.get(message.inbox);
  if (message.channel !== "whatsapp" || inbox === undefined) return null;
  if (compiled.templateOnly || inbox.provider === "whatsapp_web") return null;
  const useTemplate = message.template === null;
  const window = useTemplate ? "closed" : "open";
  const said = composeMessage(
    compiled,
    {
      kind: "chosen",
      channel: "whatsapp",
      inbox,
      to: message.to,
      conversation: null,
      useTemplate,
      reason: "",
    },
    facts,
    zone,
  );
  if (said.kind === "blank") {
    return { window, text: null, template: null, reason: `blank: ${said.variables.join(", ")}` };
  }
  if (said.kind !== "message") return { window, text: null, template: null, reason: said.message };
  const { text, template } = said.message;
  return { window, text, template: template && templateOf(compiled, template), reason: null };
}
