import type { ParsedMail } from "mailparser";

/** Headers that only programs set. */
const MARKS = [
  "x-autoreply",
  "x-autorespond",
  "x-auto-response-suppress",
  "list-id",
  "feedback-id",
];
const PRECEDENCE = /^(?:bulk|junk|list|auto_reply)$/i;
const ROBOTS = /^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)@/i;
/** What programs that set no header write, in the languages of their settings. */
const SUBJECTS = [
  /^(?:re:\s*)?(?:auto(?:matic|matische)?[ -]?(?:reply|response|antwort)|autoreply)\b/i,
  /^(?:re:\s*)?(?:out of (?:the )?office|abwesenheits(?:notiz|nachricht)|abwesend)\b/i,
  /^(?:re:\s*)?(?:resposta autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia tempor[áa]ria)/i,
  /^(?:re:\s*)?(?:respuesta autom[áa]tica|fuera de (?:la )?oficina)/i,
  /^(?:re:\s*)?(?:r[ée]ponse automatique|absence du bureau|message d['’]absence)/i,
  /^(?:re:\s*)?(?:risposta automatica|fuori sede|automatisch antwoord)/i,
];

/** A mail that no person wrote: an out-of-office note, a list's, a robot's (RFC 3834 and what came before it). */
export function isAutomatic(mail: ParsedMail): boolean {
  const header = (name: string): string => {
    const value = mail.headers.get(name);
    return typeof value === "string" ? value.trim() : value === undefined ? "" : "present";
  };
  const submitted = header("auto-submitted").toLowerCase();
  if (submitted !== "" && !submitted.startsWith("no")) return true;
  if (PRECEDENCE.test(header("precedence"))) return true;
  if (MARKS.some((name) => mail.headers.has(name)) || mail.headers.has("list")) return true;
  const returnPath = mail.headerLines.find(({ key }) => key === "return-path")?.line;
  if (returnPath !== undefined && /:\s*<>\s*$/.test(returnPath)) return true;
  if (ROBOTS.test(mail.from?.value[0]?.address ?? "")) return true;
  const subject = (mail.subject ?? "").trim();
  return SUBJECTS.some((pattern) => pattern.test(subject));
}
