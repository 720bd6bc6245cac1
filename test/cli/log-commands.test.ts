import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cadenza } from "../support/cli.ts";

/** A job's log takes a line that begins so for a command to its runner. */
const COMMAND = "\n::error::pwned";
const text = (words: string) => JSON.stringify(`${words}${COMMAND}`);

const FILES = {
  "cadenza.yaml": `kind: Workspace\nname: ${text("Harbour")}\ntimezone: Europe/Lisbon\n`,
  "mail.yaml": `kind: Inbox\nid: mail\nname: ${text("Mail")}\nchannel: email\nprovider: outbox\nfrom: hello@example.com\n`,
  "ana.yaml": `kind: Persona\nid: ana\nname: ${text("Ana")}\ncontact: { first_name: ${text("Ana")}, email: ana@example.com }\n`,
  "hello.yaml": `kind: Sequence
id: hello
name: ${text("Hello")}
target: contact
defaults: { channel: email }
steps:
  - id: first
    name: ${text("First")}
    wait: immediately
    content: { subject: "Hi {{ contact.first_name }}", body: ${text("Hi.")} }
  - id: second
    wait: 1 day
    if: "contact.company == \\n'x'"
    content: { subject: Hi, body: Hi. }
`,
  "test.yaml": `kind: SequenceTest
id: says
name: ${text("Says")}
sequence: hello
persona: ana
start: 2026-03-02T09:00
expect: { messages: [] }
`,
  "template.yaml": `kind: SequenceTemplate
id: greeting
name: ${text("Greeting")}
niche: ${text("shops")}
description: ${text("Hi.")}
target: contact
parameters:
  tone: { type: text, description: ${text("How")}, default: warm }
steps:
  - { id: first, wait: immediately, channel: email, content: { subject: "\${tone}", body: Hi. } }
`,
};

describe("names of several lines", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadenza-log-"));
    for (const [name, content] of Object.entries(FILES)) {
      await writeFile(join(folder, name), content);
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each([
    [["validate"]],
    [["validate", "--output", "github"]],
    [["preview"]],
    [["test"]],
    [["template", "list"]],
    [["template", "show", "greeting"]],
    [["variables"]],
  ])("%j begin no line of the log", async (argv) => {
    const { code, out, err } = await cadenza([...argv, "--root", folder]);
    expect(code, err).toBe(argv[0] === "test" ? 1 : 0);
    const commands = `${out}${err}`.split("\n").filter((line) => /^\s*::/.test(line));
    expect(commands.filter((line) => line.includes("pwned"))).toEqual([]);
  });
});
