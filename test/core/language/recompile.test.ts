import { describe, expect, test } from "vitest";
import { compile, createRecompiler, type SourceFile } from "../../../core/language/index.ts";

const WORKSPACE = `kind: Workspace
name: Bench
timezone: Europe/Lisbon
quiet_hours: { from: "21:00", to: "08:00" }
channels: { automatic: [email], email: mail }
`;

const sequence = (id: string, body: string, more = "", content?: string) => `kind: Sequence
id: ${id}
name: The ${id}
purpose: transactional
target: charge
${more}defaults: { channel: email }
steps:
  - id: one
    wait: immediately
    content: ${content ?? `{ subject: "${id}", body: "${body}" }`}
`;

const scenario = (about: string, contains: string) => `kind: SequenceTest
id: test-${about}
sequence: ${about}
contact: { first_name: Ana, email: ana@example.com }
charge: { number: "1", amount: 90, currency: EUR, status: pending }
start: 2026-03-02T09:00
expect: { messages: [{ step: one, at: 2026-03-02T09:00, contains: ${contains} }], state: completed }
`;

const attributes = "attributes: [{ entity: contact, key: size, type: text }]\n";
const START: Readonly<Record<string, string>> = {
  "a.yaml": sequence("a", "Hi {{ contact.first_name }}"),
  "b.yaml": sequence("b", "Hello"),
  "cadenza.yaml": WORKSPACE,
  "declares.yaml": sequence(
    "declares",
    "Size {{ contact.custom.size | default('M') }}",
    attributes,
  ),
  "mail.yaml": "kind: Inbox\nid: mail\nchannel: email\nprovider: outbox\nfrom: a@example.com\n",
  "shared.yaml":
    "kind: MessageTemplate\nid: shared\nsubject: S\nbody: Charge {{ charge.number }}\n",
  "shares.yaml": sequence("shares", "", "", "{ message: shared }"),
  "test-a.yaml": scenario("a", "Hi"),
};

/** Each is made on top of the one before it. */
const CHANGES: readonly (readonly [string, Readonly<Record<string, string | null>>])[] = [
  ["another text", { "a.yaml": sequence("a", "Dear {{ contact.first_name | default('you') }}") }],
  ["a text with a warning", { "b.yaml": sequence("b", "Hello {{ contact.company }}") }],
  ["an attribute of another sequence", { "b.yaml": sequence("b", "{{ contact.custom.size }}") }],
  ["two at once", { "a.yaml": sequence("a", "A"), "b.yaml": sequence("b", "B") }],
  ["nothing", {}],
  [
    "another step, which a test names",
    { "a.yaml": sequence("a", "A").replace("id: one", "id: two") },
  ],
  ["the step back", { "a.yaml": sequence("a", "A") }],
  ["a mistake", { "a.yaml": sequence("a", "{{ contact.nothing }}") }],
  ["mended, and another changed", { "a.yaml": sequence("a", "A"), "b.yaml": sequence("b", "C") }],
  ["another id", { "b.yaml": sequence("c", "C") }],
  ["an id that exists", { "b.yaml": sequence("a", "C") }],
  ["the id back", { "b.yaml": sequence("b", "C") }],
  ["the shared text is used no more", { "shares.yaml": sequence("shares", "Own") }],
  ["the shared text is used again", { "b.yaml": sequence("b", "", "", "{ message: shared }") }],
  ["an attribute more", { "b.yaml": sequence("b", "B", attributes.replace("size", "hat")) }],
  ["the workspace", { "cadenza.yaml": WORKSPACE.replace("21:00", "20:00") }],
  ["a file less", { "b.yaml": null }],
  ["a file more", { "z.yaml": sequence("z", "Z") }],
  ["no YAML", { "z.yaml": "{" }],
];

describe("a recompiler", () => {
  const files: Record<string, string> = { ...START };
  const recompile = createRecompiler();
  const list = (): SourceFile[] =>
    Object.entries(files)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, text]) => ({ path, text }));

  test("begins with a valid workspace", () => {
    expect(recompile(list()).diagnostics.filter(({ severity }) => severity === "error")).toEqual(
      [],
    );
  });

  test.each(CHANGES)("says what compiling all says: %s", (_, change) => {
    for (const [path, text] of Object.entries(change)) {
      if (text === null) delete files[path];
      else files[path] = text;
    }
    const again = recompile(list());
    const { workspace, inboxes, attributes: declared, sequences, diagnostics } = compile(list());
    expect(again).toEqual({ workspace, inboxes, attributes: declared, sequences, diagnostics });
  });

  test("compiles what changed, and what it needs, alone", () => {
    const many = Array.from({ length: 300 }, (__, n) => ({
      path: `many/${n}.yaml`,
      text: sequence(`many-${n}`, `Hello {{ contact.company }}, ${n}`),
    }));
    const rest = Object.entries(START).map(([path, text]) => ({ path, text }));
    const compileMany = createRecompiler();
    const first = compileMany([...rest, ...many]);
    const changed = many.with(7, { ...many[7]!, text: sequence("many-7", "Bye") });
    const second = compileMany([...rest, ...changed]);
    expect(second.sequences.find(({ id }) => id === "many-7")?.document.steps[0]).toMatchObject({
      content: { body: "Bye" },
    });
    // What did not change is the very same object.
    const same = second.sequences.filter((one, index) => one === first.sequences[index]);
    expect(same).toHaveLength(first.sequences.length - 1);
  });
});
