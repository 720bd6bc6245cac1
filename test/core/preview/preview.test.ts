import { readFileSync, globSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Preview, PreviewedStep } from "../../../core/preview/index.ts";
import { previewsOf, type Previewed } from "../../support/previews.ts";

const ROOT = "test/support/showcase";
const FILES = Object.fromEntries(
  globSync("**/*.yaml", { cwd: ROOT }).map((path) => [
    path,
    readFileSync(join(ROOT, path), "utf8"),
  ]),
);

describe("a preview", () => {
  let previewed: Previewed;
  beforeAll(async () => {
    previewed = await previewsOf(FILES, "2026-03-28T01:10:00Z");
  });

  const previewFor = (persona: string, sequence = "consulta"): Preview => {
    const found = previewed.cases.find(
      ({ preview }) => preview.persona === persona && preview.sequence === sequence,
    );
    if (found === undefined) throw new Error(`no ${persona}`);
    return found.preview;
  };
  const stepFor = (persona: string, id: string): PreviewedStep => {
    const sequence = ["card", "gift"].includes(id) ? "birthday" : "consulta";
    const found = previewFor(persona, sequence).steps.find(({ step }) => step === id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };

  test("shows every step with its date in the contact's zone", () => {
    expect(previewFor("ana").steps.map(({ step, due_at }) => [step, due_at])).toEqual([
      ["booked", "2026-03-28T08:00:00-03:00"],
      ["lembrete", "2026-03-31T09:30:00-03:00"],
      ["vespera", "2026-04-05T18:00:00-03:00"],
      ["retorno", "2026-04-08T14:00:00-03:00"],
      ["como-foi", "2026-04-15T10:00:00-03:00"],
      ["avaliacao", "2026-05-06T10:00:00-03:00"],
    ]);
    expect(previewFor("rui").start).toBe("2026-03-28T01:10:00+00:00");
    expect(stepFor("rui", "lembrete").due_at).toBe("2026-03-31T09:30:00+01:00");
  });

  test("says what quiet hours moved, and from when", () => {
    expect(stepFor("ana", "booked").moved).toEqual({
      from: "2026-03-27T22:10:00-03:00",
      because: "quiet hours",
    });
    expect(stepFor("ana", "lembrete").moved).toBeNull();
  });

  test("an approved template comes with its fixed parts and its parameters", () => {
    expect(stepFor("ana", "lembrete")).toMatchObject({
      channel: "whatsapp",
      inbox: "desk",
      to: "+12025550141",
      reason: "the step asks for whatsapp (outside the 24 h window: approved template)",
      text: "Olá Ana, sua consulta *Limpeza* é em 6 de abril de 2026. Até lá!",
      template: {
        id: "consulta-lembrete",
        name: "consulta_lembrete",
        language: "pt_BR",
        category: "utility",
        parameters: ["Ana", "Limpeza", "6 de abril de 2026"],
        header: "Sua consulta",
        footer: "Clínica Beira-Mar, Florianópolis",
        buttons: [{ text: "Confirmar", reply: "confirm" }, { text: "Como chegar" }],
      },
      other_window: { window: "open", template: null, reason: null },
    });
    expect(stepFor("ana", "lembrete").other_window?.text).toContain("Passando para lembrar");
  });

  test("a step that is a template says the same whatever the window", () => {
    expect(stepFor("rui", "retorno")).toMatchObject({ channel: "whatsapp", other_window: null });
  });

  test("a text message says how many segments it takes, and why", () => {
    const step = stepFor("ana", "vespera");
    expect(step.segments).toBe(2);
    expect(step.sms).toEqual({
      encoding: "UCS-2",
      units: 113,
      capacity: 134,
      forced_by: ["ã", "ç"],
    });
    expect(step.diagnostics).toMatchObject([
      {
        rule: "sms-segments",
        severity: "warning",
        file: "sequences/appointment.yaml",
        message: '2 segments (113 of 134 characters; "ã", "ç" force UCS-2)',
      },
    ]);
    expect(stepFor("ana", "card")).toMatchObject({ segments: 1, sms: { encoding: "GSM-7" } });
  });

  test("a condition that is false is named, and is no finding", () => {
    expect(stepFor("ana", "retorno")).toMatchObject({
      skipped: "condition",
      reason: 'its condition is false: appointment.status == "no_show"',
      if: 'appointment.status == "no_show"',
      channel: null,
      text: null,
      diagnostics: [],
    });
    expect(stepFor("rui", "retorno")).toMatchObject({
      skipped: null,
      reason: "the step asks for whatsapp",
    });
  });

  test("a message with a blank is a finding at the step's place", () => {
    const step = stepFor("ana", "avaliacao");
    expect(step).toMatchObject({
      skipped: "held: blank: agent.name",
      reason: "held until agent.name is known",
      diagnostics: [{ rule: "blank-variable", severity: "error", column: 1 }],
    });
    const [found] = step.diagnostics;
    const line = FILES["sequences/appointment.yaml"]?.split("\n")[(found?.line ?? 0) - 1];
    expect(line).toContain("avaliacao");
  });

  test("a step whose date is blank has none", () => {
    expect(stepFor("rui", "card")).toMatchObject({
      due_at: null,
      reason: "held until contact.custom.birthday_on is known",
    });
  });

  test("what AI writes is labelled, and the static text is shown", () => {
    const step = stepFor("ana", "como-foi");
    expect(step).toMatchObject({ compose: "ai_assisted", ai: { tone: "warm, brief" } });
    expect(step.text).toContain("esperamos que esteja tudo bem");
  });

  test("what comes after a goal is met is listed, and said not to be reached", async () => {
    const persona = FILES["personas/ana.yaml"]?.replace("status: scheduled", "status: canceled");
    const { cases } = await previewsOf(
      { ...FILES, "personas/ana.yaml": persona ?? "" },
      "2026-03-28T12:00:00Z",
    );
    const { steps } = cases[0]?.preview ?? { steps: [] };
    expect(steps.map(({ skipped }) => skipped)).toEqual([
      "exit: goal",
      ...Array<string>(5).fill("ended"),
    ]);
    expect(steps[0]?.reason).toBe('the goal is met: appointment.status == "canceled"');
    expect(steps[1]).toMatchObject({ due_at: null, reason: "the enrollment has ended before" });
  });
});
