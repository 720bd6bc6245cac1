/** What people write to hear no more, by language; Twilio's words are among the English ones. */
const STOP = words([
  "stop, stopall, stop all, unsubscribe, end, quit, revoke, optout, opt out, cancel, remove, remove me",
  "unsubscribe me, stop messages, stop promotions, no more",
  "parar, pare, sair, cancelar, descadastrar, remover, chega, parar mensagens, parar promocoes",
  "cancelar inscricao, nao quero mais, me remova, me tire da lista",
  "alto, baja, darme de baja, detener, detener promociones, salir, no mas",
  "arret, arreter, arretez, desabonner, me desabonner, desinscrire, desinscription",
  "stopp, abmelden, abbestellen, austragen, abbrechen, kundigen",
  "annulla, basta, cancellami, disiscrivi",
  "stoppen, afmelden, uitschrijven, wypisz",
]);

/** And to hear again. */
const START = words([
  "start, unstop, subscribe, resubscribe, optin, opt in, resume",
  "voltar, iniciar, comecar, reativar, inscrever, quero receber",
  "alta, empezar, comenzar, reanudar, suscribir, suscribirme",
  "commencer, reprendre, abonner, anmelden, starten, inizia, aanmelden",
]);

/** Twilio takes it for a START; anywhere else it is the answer to a question. */
const TWILIO_START = "yes";

const POLITE =
  /^(?:please|pls|por favor|bitte|s il vous plait) | (?:please|pls|thanks|por favor|obrigad[oa]|gracias|merci|bitte|danke|s il vous plait)$/g;

/**
 * A message that is nothing but a STOP or START word, whatever its case, accents and punctuation.
 * "Please stop by tomorrow" is none.
 */
export function keywordOf(text: string | null, provider?: "twilio"): "stop" | "start" | null {
  const word = plain(text ?? "");
  if (STOP.has(word)) return "stop";
  if (START.has(word) || (provider === "twilio" && word === TWILIO_START)) return "start";
  return null;
}

const LONGEST = 60;

function plain(text: string): string {
  if (text.length > LONGEST) return "";
  const bare = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return bare.replace(POLITE, "");
}

function words(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(", ")));
}
