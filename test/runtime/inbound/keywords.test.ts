import { describe, expect, test } from "vitest";
import { keywordOf } from "../../../runtime/inbound/keywords.ts";

const STOPS = {
  English: ["STOP", " Stop. ", "Stop!!", "STOPALL", "Unsubscribe", "END", "opt-out", "please stop"],
  Portuguese: ["PARAR", "Sair!", "cancelar", "Descadastrar", "por favor, parar", "Não quero mais"],
  Spanish: ["BAJA", "Alto", "no más", "Darme de baja"],
  French: ["ARRÊT", "arrêter", "Désabonner", "Arrêtez, s'il vous plaît"],
  German: ["Stopp", "ABMELDEN", "abbestellen", "Kündigen"],
  "any language": ["🛑 STOP 🛑", "Ｓｔｏｐ", "stop, please"],
};

describe.each(Object.entries(STOPS))("in %s", (_, texts) => {
  test.each(texts)("%s is a STOP", (text) => {
    expect(keywordOf(text)).toBe("stop");
  });
});

test.each(["START", "unstop", "Subscribe", "Voltar", "Começar", "Anmelden"])(
  "%s is a START",
  (text) => {
    expect(keywordOf(text)).toBe("start");
  },
);

test.each([
  "Please stop by tomorrow",
  "I can't stop thinking about it",
  "Quero parar na quinta",
  "cancelar a consulta de amanhã",
  "non-stop",
  "yes",
  "sim",
  "",
  "   ",
  "stop ".repeat(1000),
])("%j is neither", (text) => {
  expect(keywordOf(text)).toBeNull();
});

test("nothing is neither, and YES is a START with Twilio alone", () => {
  expect(keywordOf(null)).toBeNull();
  expect(keywordOf("Yes", "twilio")).toBe("start");
});
