import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseFile } from "../../../core/language/parse.ts";
import { expandTemplate, type ExpandOptions } from "../../../core/library/expand.ts";

const TEMPLATE = `# yaml-language-server: $schema=schema.json
# Asks for a review.
kind: SequenceTemplate
id: review
name: Review of \${business}
niche: local services
language: en
# Everything that is asked.
parameters:
  business: { type: text, description: What it is called. }
target: contact
attributes:
  # How often they came.
  - { entity: contact, key: visit_count, type: number }
whatsapp_templates:
  - id: review-ask
    name: review_ask
    language: en
    category: marketing
    body: Hi {{1}}, how was it at \${business}?
personas:
  - id: review-ana
    contact: { first_name: Ana, email: ana@example.com }
  - id: bo
    contact:
      email: bo@example.com # no name
tests:
  - id: review-silence
    persona: bo
    start: 2026-03-02T09:00
    expect: { state: completed }
steps:
  # The one message.
  - id: ask
    wait: 1 day # not at once
    channel: whatsapp
    content: >-
      Hi {{ contact.first_name | default("\${business}") }}, this is a text that goes on for longer than one line of a file should be,
      from \${business}.
    outside_window: { template: review-ask, parameters: ["\${business}"] }

  - id: again
    wait: 5 days
    channel: email
    content:
      subject: \${business}
      body: |
        Hi,

        it's \${business}.
`;

function expand(business: string, options: ExpandOptions = {}, text = TEMPLATE) {
  const { file, diagnostics } = parseFile({ path: "review.yaml", text });
  if (file === null) throw new Error(JSON.stringify(diagnostics));
  const files = expandTemplate(file, new Map([["business", business]]), options);
  return new Map(files.map((one) => [one.path, one]));
}
const textOf = (files: ReturnType<typeof expand>, path: string) => files.get(path)!.text();

describe("an expanded template", () => {
  test("is ordinary files, each of which records what it was made from", () => {
    const files = expand("Harbour Dental", { whatsappInbox: "front-desk" });
    expect([...files.keys()]).toEqual([
      "sequences/review.yaml",
      "attributes/contact-visit-count.yaml",
      "templates/review-ask.yaml",
      "personas/review-ana.yaml",
      "personas/bo.yaml",
      "tests/review-silence.yaml",
    ]);
    for (const { value } of files.values()) expect(value["made_from"]).toBe("review");
  });

  test("reads as if somebody had written it", () => {
    const schema: ExpandOptions["schema"] = (kind) => `../${kind}.json`;
    const files = expand("Harbour Dental", { whatsappInbox: "front-desk", schema });
    expect(textOf(files, "sequences/review.yaml"))
      .toBe(`# yaml-language-server: $schema=../Sequence.json
# Asks for a review.
kind: Sequence
id: review
name: Review of Harbour Dental
made_from: review
target: contact
steps:
  # The one message.
  - id: ask
    wait: 1 day # not at once
    channel: whatsapp
    content: >-
      Hi {{ contact.first_name | default("Harbour Dental") }}, this is a text that goes on for
      longer than one line of a file should be, from Harbour Dental.
    outside_window:
      template: review-ask
      parameters:
        - Harbour Dental

  - id: again
    wait: 5 days
    channel: email
    content:
      subject: Harbour Dental
      body: |
        Hi,

        it's Harbour Dental.
`);
    expect(textOf(files, "attributes/contact-visit-count.yaml"))
      .toBe(`# yaml-language-server: $schema=../CustomAttribute.json
# How often they came.
kind: CustomAttribute
id: contact-visit-count
made_from: review
entity: contact
key: visit_count
type: number
`);
    expect(textOf(files, "templates/review-ask.yaml"))
      .toBe(`# yaml-language-server: $schema=../WhatsAppTemplate.json
kind: WhatsAppTemplate
id: review-ask
name: review_ask
made_from: review
inbox: front-desk
language: en
category: marketing
body: Hi {{1}}, how was it at Harbour Dental?
`);
    expect(textOf(files, "personas/bo.yaml")).toBe(`# yaml-language-server: $schema=../Persona.json
kind: Persona
id: bo
made_from: review
contact:
  email: bo@example.com # no name
`);
  });

  test("takes another id along to everything that it brings, so that it can be applied twice", () => {
    const files = expand("Harbour Dental", { id: "porto" });
    expect([...files.keys()]).toEqual([
      "sequences/porto.yaml",
      "attributes/contact-visit-count.yaml",
      "templates/porto-ask.yaml",
      "personas/porto-ana.yaml",
      "personas/porto-bo.yaml",
      "tests/porto-silence.yaml",
    ]);
    expect(textOf(files, "sequences/porto.yaml")).toContain("template: porto-ask");
    expect(files.get("templates/porto-ask.yaml")?.value).toMatchObject({ name: "porto_ask" });
    expect(files.get("tests/porto-silence.yaml")?.value).toMatchObject({
      sequence: "porto",
      persona: "porto-bo",
      made_from: "review",
    });
  });

  test("quotes what older tools would misread, as times", () => {
    expect(textOf(expand("09:30"), "sequences/review.yaml")).toContain('subject: "09:30"\n');
  });

  test("leaves the template as it was", () => {
    const { file } = parseFile({ path: "review.yaml", text: TEMPLATE });
    const once = expandTemplate(file!, new Map([["business", "A"]])).map((one) => one.text());
    const twice = expandTemplate(file!, new Map([["business", "A"]])).map((one) => one.text());
    expect(twice).toEqual(once);
    expect(String(file!.layout().document)).toContain("${business}");
  });
});

describe("a value", () => {
  test.each([
    "Joe's: #1",
    '"Quoted"',
    'it\'s "both"',
    "- a list",
    "? a key",
    "key: value",
    "# a comment",
    "a #comment",
    "&anchor",
    "*alias",
    "!tag",
    "| block",
    "> folded",
    "@at",
    "`tick`",
    "%directive",
    "[1, 2]",
    "true",
    "null",
    "~",
    "1.10",
    "0x1F",
    "2026-03-02",
    "09:30",
    "<<",
    "---",
    "...",
    "back\\slash",
    "\\",
    "it ends with a colon:",
    "ünïcödé ✂",
    "a very long name that goes on and on, longer than any line of a file in which it might come to stand, really",
    "${business}",
  ])("%s is that text wherever it stands, and nothing else", (business) => {
    const plain = expand("PLAIN");
    for (const [path, file] of expand(business)) {
      const written = parse(file.text()) as unknown;
      expect(written, path).toEqual(file.value);
      const expected = JSON.parse(
        JSON.stringify(plain.get(path)!.value, (_, value: unknown) =>
          typeof value === "string"
            ? value
                .replaceAll(
                  '"PLAIN"',
                  () => `"${business.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
                )
                .replaceAll("PLAIN", () => business)
            : value,
        ),
      ) as unknown;
      expect(written, path).toEqual(expected);
    }
  });
});
