import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../cli/run.ts";
import { compile } from "../../core/language/index.ts";

const ROOT = resolve(import.meta.dirname, "../../cadences");
const paths = globSync("**/*.yaml", { cwd: ROOT });
const files = paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));
const compiled = compile(files);
const sequence = (id: string) => {
  const found = compiled.sequences.find((version) => version.id === id);
  if (found === undefined) throw new Error(`${id} is missing`);
  return found.document;
};
const touches = (id: string) =>
  sequence(id).steps.map(({ wait, channel }) => `${channel}: ${JSON.stringify(wait)}`);

interface PreviewedStep {
  step: string;
  channel: string;
  skipped: unknown;
  subject: string | null;
  text: string;
  diagnostics: unknown[];
}
interface Preview {
  sequence: string;
  persona: string;
  steps: PreviewedStep[];
}

async function preview(): Promise<Preview[]> {
  let output = "";
  const code = await run(
    ["preview", "--root", ROOT, "--output", "json", "--start", "2026-11-23T15:00:00Z"],
    {
      out: (text) => void (output += text),
      err: () => {},
      env: {},
      cwd: ROOT,
      color: false,
      now: () => 0,
    },
  );
  expect(code).toBe(0);
  return JSON.parse(output) as Preview[];
}

describe("the cadences that ship", () => {
  it("have no finding at all", () => {
    expect(compiled.diagnostics).toEqual([]);
  });

  it.each(files)("$path opens with the schema of its kind", ({ path, text }) => {
    const [, schema] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    const kind = /^kind: (\w+)$/m.exec(text)?.[1];
    const file = join(ROOT, dirname(path), schema ?? "none");
    expect(existsSync(file), file).toBe(true);
    expect(readFileSync(file, "utf8")).toContain(`"const": "${kind}"`);
  });

  it("need no provider: every inbox is the outbox", () => {
    expect(compiled.inboxes.map(({ provider }) => provider)).toEqual([
      "outbox",
      "outbox",
      "outbox",
    ]);
  });

  it("remind of a charge by three WhatsApp touches, each with an approved template, until it is paid", () => {
    expect(touches("billing")).toEqual([
      'whatsapp: {"kind":"immediately"}',
      'whatsapp: {"kind":"after","n":1,"unit":"day"}',
      'whatsapp: {"kind":"after","n":3,"unit":"day"}',
    ]);
    const { steps, target, exit } = sequence("billing");
    expect(target).toBe("charge");
    expect(exit?.goal).toBe('charge.status == "paid"');
    expect(steps.every((step) => step.outside_window !== undefined)).toBe(true);
  });

  it("welcome a contact by three mails over a week", () => {
    expect(sequence("welcome").target).toBe("contact");
    expect(touches("welcome")).toEqual([
      'email: {"kind":"immediately"}',
      'email: {"kind":"after","n":3,"unit":"day"}',
      'email: {"kind":"after","n":4,"unit":"day"}',
    ]);
  });

  it("take a conversation up again twice, where it was", () => {
    expect(sequence("reactivation").target).toBe("conversation");
    expect(touches("reactivation")).toEqual([
      'same_conversation: {"kind":"after","n":2,"unit":"day"}',
      'same_conversation: {"kind":"after","n":5,"unit":"day"}',
    ]);
  });

  it("read well for every persona, those of whom little is known included", async () => {
    const previews = await preview();
    for (const id of ["billing", "welcome", "reactivation"]) {
      expect(previews.filter((one) => one.sequence === id).length).toBeGreaterThan(1);
    }
    for (const { sequence: id, persona, steps } of previews) {
      for (const step of steps) {
        const where = `${id}/${persona}/${step.step}`;
        expect(step.diagnostics, where).toEqual([]);
        expect(step.skipped, where).toBeFalsy();
        expect(step.text.trim().length, where).toBeGreaterThan(40);
        expect(`${step.subject} ${step.text}`, where).not.toMatch(/\{\{|\}\}|\{%|undefined|NaN/);
        if (step.channel === "email") expect(step.subject, where).toBeTruthy();
      }
    }
    const greetings = previews.flatMap(({ persona, steps }) =>
      steps.map(({ text }) => `${persona}: ${/^Hi (\w+)/.exec(text)?.[1]}`),
    );
    expect(new Set(greetings)).toContain("noah-new-member: Noah");
    expect(new Set(greetings)).toContain("sparse-member: there");
  });
});
