import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import segments from "sms-segments-calculator";
import { describe, expect, test } from "vitest";
import { previewOf } from "../../cli/previews.ts";
import { fits, workspaceOf } from "../../cli/workspace.ts";
import { compileProgram } from "../../core/enrollment/index.ts";
import { compile, formatPretty, type SourceFile } from "../../core/language/index.ts";
import { expandTemplate } from "../../core/library/expand.ts";
import { readTemplates } from "../../core/library/read-templates.ts";
import { SAMPLE_WORKSPACE } from "../../core/library/sample-workspace.ts";
import { sampleValues } from "../../core/library/settle.ts";
import { compareCourse, runScenario } from "../../core/scenario/index.ts";
import type { TemplateParameter } from "../../schemas/index.ts";

const ROOT = resolve(import.meta.dirname, "../../cadences");
const read = (path: string): SourceFile => ({ path, text: readFileSync(join(ROOT, path), "utf8") });
const templates = readTemplates(globSync("library/*.yaml", { cwd: ROOT }).map(read));
const named = templates.map((template) => [template.value.id, template] as const);
const START = Date.parse("2026-03-02T09:00:00Z");

/** A template's files, filled in with its examples, or with other values that are as good. */
function madeOf(id: string, values = sampleValues(parametersOf(id))): SourceFile[] {
  const { file } = templates.find(({ value }) => value.id === id)!;
  return expandTemplate(file, values, { whatsappInbox: "whatsapp" }).map((one) => ({
    path: one.path,
    text: one.text(),
  }));
}

function parametersOf(id: string): Readonly<Record<string, TemplateParameter>> {
  return templates.find(({ value }) => value.id === id)?.value.parameters ?? {};
}

describe("the library", () => {
  test("has a cadence for many trades, in English and in Portuguese", () => {
    expect(templates.length).toBeGreaterThanOrEqual(10);
    expect(new Set(templates.map(({ value }) => value.niche)).size).toBeGreaterThanOrEqual(9);
    expect(new Set(templates.map(({ value }) => value.language))).toEqual(new Set(["en", "pt-BR"]));
  });

  test("publishes nothing by itself: not a sequence, not an attribute, not a persona", () => {
    const files = ["cadenza.yaml", ...globSync("{inboxes,library}/*.yaml", { cwd: ROOT })];
    const { diagnostics, sequences, attributes, personas } = compile(files.map(read));
    expect(diagnostics).toEqual([]);
    expect({ sequences, attributes, personas }).toEqual({
      sequences: [],
      attributes: [],
      personas: [],
    });
  });

  test("can be applied as a whole", () => {
    const all = named.flatMap(([id]) => madeOf(id));
    const unique = [...new Map(all.map((file) => [file.path, file])).values()];
    const { diagnostics, sequences } = compile([...SAMPLE_WORKSPACE, ...unique]);
    expect(formatPretty(diagnostics, unique, { color: false })).toBe("");
    expect(sequences).toHaveLength(templates.length);
  });
});

describe.each(named)("%s", (id, { value }) => {
  const files = [...SAMPLE_WORKSPACE, ...madeOf(id)];
  const compiled = compile(files);

  test("makes files without any finding", () => {
    expect(formatPretty(compiled.diagnostics, files, { color: false })).toBe("");
    expect(compiled.sequences.map((version) => version.id)).toEqual([id]);
  });

  test("asks for what it needs, and shows with an example what is meant", () => {
    for (const [name, parameter] of Object.entries(value.parameters ?? {})) {
      expect(parameter.example ?? parameter.default, name).toBeDefined();
      expect(parameter.description, name).toMatch(/^\p{Lu}.*\.$/u);
    }
    expect(value.description?.length).toBeGreaterThan(80);
    expect(value.personas?.length, "personas").toBeGreaterThanOrEqual(2);
    expect(value.tests?.length, "tests").toBeGreaterThanOrEqual(2);
  });

  test("its scenarios come true", async () => {
    const workspace = await workspaceOf(compiled);
    const program = compileProgram(compiled.sequences[0]!.document);
    expect(compiled.scenarios.map((scenario) => scenario.id).toSorted()).toEqual(
      value.tests!.map((one) => one.id).toSorted(),
    );
    for (const scenario of compiled.scenarios) {
      const course = runScenario(program, scenario, workspace);
      expect(compareCourse(scenario.expect, course), scenario.id).toEqual([]);
    }
  });

  test("names what it brings along after itself, so that no two templates collide", () => {
    const { personas = [], tests = [], whatsapp_templates: approved = [] } = value;
    for (const one of [...personas, ...tests, ...approved]) expect(one.id).toMatch(`${id}-`);
  });

  test("has nobody in it who could be real", () => {
    const contacts = (value.personas ?? []).map(({ contact }) => contact);
    const real = contacts.filter(({ email, phone }) => {
      const isInvented = /^\+(1555010\d{4}|5511900000\d{3})$/.test(phone ?? "+15550100000");
      return !isInvented || !(email ?? "@example.com").endsWith("@example.com");
    });
    expect(real).toEqual([]);
  });

  test("unsubscribing and the sender's address stand in every marketing email", () => {
    if (value.purpose !== "marketing") return;
    for (const step of value.steps) {
      expect(step.channel ?? value.defaults?.channel).toBe("email");
      expect(JSON.stringify(step.content)).toContain("{{ unsubscribe_url }}");
      expect(JSON.stringify(step.content)).toContain("{{ workspace.address }}");
    }
  });

  test("reads well for every persona: nothing is held, blank or longer than one text message", async () => {
    const workspace = await workspaceOf(compiled);
    const [version] = compiled.sequences;
    expect(compiled.personas.length).toBe(value.personas?.length);
    for (const persona of compiled.personas) {
      expect(fits(version!, persona), persona.id).toBe(true);
      const { steps } = previewOf(version!, persona, workspace, START);
      expect(steps.filter(({ skipped }) => skipped === null).length).toBeGreaterThan(0);
      for (const step of steps) {
        const where = `${persona.id}/${step.step}`;
        expect(step.diagnostics, where).toEqual([]);
        if (step.skipped !== null) {
          expect(["past", "condition"], where).toContain(step.skipped);
          continue;
        }
        const texts = [step.text, step.other_window?.text ?? step.text].map(String);
        for (const text of texts) {
          expect(text, where).not.toMatch(/\$\{|\{\{|\}\}|\{%|undefined|null|NaN|  |\n{3}| [.,!?]/);
          expect(text.trim().length, where).toBeGreaterThan(60);
        }
        if (step.channel === "email") expect(step.subject?.length, where).toBeLessThan(70);
        if (step.channel === "sms") {
          const { segmentsCount, encodingName } = new segments.SegmentedMessage(step.text!);
          expect([encodingName, segmentsCount], where).toEqual(["GSM-7", 1]);
        }
      }
    }
  });
});
