import type { CompiledStep, OutgoingTemplate } from "../enrollment/index.ts";
import type { WhatsAppTemplateSnapshot } from "../language/document.ts";
import type { PreviewedTemplate } from "./types.ts";

/** The parameters that are sent, and the approved wording they are put into. */
export function templateOf(compiled: CompiledStep, sent: OutgoingTemplate): PreviewedTemplate {
  const approved = compiled.template?.candidates.find(({ id }) => id === sent.id);
  if (approved === undefined) throw new Error(`no template ${sent.id}`);
  return { ...sent, ...fixedParts(approved) };
}

function fixedParts({ category, body, header, footer, buttons }: WhatsAppTemplateSnapshot) {
  return {
    category,
    body,
    ...(header === undefined ? {} : { header }),
    ...(footer === undefined ? {} : { footer }),
    ...(buttons === undefined ? {} : { buttons }),
  };
}
