import { compileProgram, type Program } from "../../../core/enrollment/index.ts";
import { compile, formatPretty, type Scenario } from "../../../core/language/index.ts";
import { isoIn } from "../../../core/preview/instants.ts";
import { runScenario, type Course } from "../../../core/scenario/index.ts";
import { workspaceOf } from "../../../cli/workspace.ts";

const inbox = (id: string, channel: string) =>
  `kind: Inbox\nid: ${id}\nchannel: ${channel}\nprovider: outbox\nfrom: ${channel === "email" ? "hello@example.com" : '"+15550100100"'}\n`;

const WORKSPACE = `kind: Workspace
name: Harbour
timezone: Europe/Lisbon
channels: { automatic: [whatsapp, email, sms] }
sender: { address: 4 Harbour Street }
`;

const ANA = `kind: Persona
id: ana
contact: { first_name: Ana, email: ana@example.com, phone: "+15550100123", language: en-GB }
charge: { number: "7", status: pending, due_on: +5 days }
appointment: { starts_at: +5 days 14:00, status: scheduled }
`;

interface Played {
  readonly course: Course;
  readonly program: Program;
  readonly scenario: Scenario;
  /** `2026-03-02T09:00 sent notice`, with what is given in its place. */
  readonly lines: readonly string[];
}

/**
 * Plays a scenario as files say it.
 * @param sequence what comes after `kind`, `id` and nothing else
 * @param test what comes after `kind`, `id`, `sequence` and `persona`
 */
export async function play(
  sequence: string,
  test: string,
  { workspace = WORKSPACE, persona = ANA } = {},
): Promise<Played> {
  const files = Object.entries({
    "cadenza.yaml": workspace,
    "mail.yaml": inbox("mail", "email"),
    "text.yaml": inbox("text", "sms"),
    "desk.yaml": inbox("desk", "whatsapp"),
    "due.yaml":
      "kind: WhatsAppTemplate\nid: due\ninbox: desk\nname: due\nlanguage: en\ncategory: utility\nbody: The approved text.\n",
    "ana.yaml": persona,
    "sequence.yaml": `kind: Sequence\nid: under-test\n${sequence}`,
    "test.yaml": `kind: SequenceTest\nid: this\nsequence: under-test\npersona: ana\n${test}`,
  }).map(([path, text]) => ({ path, text }));
  const compiled = compile(files);
  const errors = compiled.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(formatPretty(errors, files, { color: false }));
  const program = compileProgram(compiled.sequences[0]!.document);
  const scenario = compiled.scenarios[0]!;
  const course = runScenario(program, scenario, await workspaceOf(compiled));
  const lines = course.events.map(({ at, kind, step, detail, message }) => {
    const words = message === null ? [kind, step, detail] : [kind, step, message.channel];
    const time = isoIn(at, course.zone).slice(0, 16);
    return [time, ...words.filter((word) => word !== null)].join(" ");
  });
  return { course, program, scenario, lines };
}
