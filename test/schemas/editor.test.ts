import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startYamlEditor, type YamlEditor } from "../support/yaml-editor.ts";

let editor: YamlEditor;
beforeAll(async () => {
  editor = await startYamlEditor();
});
afterAll(() => editor.close());

let count = 0;
async function open(schema: string, text: string) {
  const modeline = `# yaml-language-server: $schema=../schemas/${schema}\n`;
  return await editor.open(resolve("cadences", `open-${count++}.yaml`), `${modeline}${text}`);
}

const sequence = (step: string) => `kind: Sequence
id: visit
target: appointment
steps:
  - id: reminder
    wait: 2 days before appointment.starts_at
${step}`;

describe("an editor", () => {
  test.each(["sequence.schema.json", "cadenza.schema.json"])(
    "completes the keys of a step, and explains them (%s)",
    async (schema) => {
      const file = await open(schema, sequence("    |\n"));
      const offered = await file.complete();
      const labels = offered.map(({ label }) => label);
      expect(labels).toEqual(
        expect.arrayContaining(["at", "channel", "content", "if", "on_failure", "outside_window"]),
      );
      expect(labels).not.toContain("target");
      const expires = offered.find(({ label }) => label === "expires_after");
      expect(JSON.stringify(expires?.documentation)).toContain("How late it may be sent");
    },
  );

  test("completes the values of a key", async () => {
    const file = await open("sequence.schema.json", sequence("    channel: |\n"));
    const labels = (await file.complete()).map(({ label }) => label);
    expect(labels).toEqual(
      expect.arrayContaining(["automatic", "same_conversation", "email", "sms", "whatsapp"]),
    );
  });

  test("shows what a key means", async () => {
    const file = await open("sequence.schema.json", sequence("    if_p|ast: send\n"));
    expect(await file.hover()).toContain("time has gone by when it is scheduled");
  });

  test.each([
    ["sequence.schema.json", sequence("    chanel: sms\n    content: Hi\n"), 7, "chanel"],
    ["sequence.schema.json", sequence("    channel: fax\n    content: Hi\n"), 7, "fax|email"],
    ["workspace.schema.json", "kind: Workspace\nname: A\ntimezon: UTC\n", 3, "timezon"],
    ["persona.schema.json", "kind: Persona\nid: a\ncontact: { phone: 5550100 }\n", 3, "type"],
    ["sequence-test.schema.json", "kind: SequenceTest\nid: a\nexpect: { stat: x }\n", 3, "stat"],
    ["sequence-template.schema.json", "kind: SequenceTemplate\nid: a\nnich: b\n", 3, "nich"],
  ])("marks a mistake (%s): %s", async (schema, text, line, word) => {
    const { marks } = await open(schema, text);
    const here = marks.filter(({ range }) => range.start.line === line);
    expect(here.map(({ message }) => message).join("\n")).toMatch(new RegExp(word, "i"));
  });

  test("marks nothing in a good file", async () => {
    const file = await open("sequence.schema.json", sequence("    content: See you soon.\n"));
    expect(file.marks).toEqual([]);
  });
});
