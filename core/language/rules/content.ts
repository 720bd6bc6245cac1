import { contentOf, type StepContent, type Words } from "../contents.ts";
import type { Channel } from "../document.ts";
import type { Model } from "../model.ts";
import { hasWindow, waysOf, type Way } from "../reach.ts";
import { candidatesOf } from "../normalize/whatsapp.ts";
import type { StepOf } from "../steps.ts";

/** Every channel that a step can reach has something to say, and may say it. */
export function content(model: Model): void {
  // Without all inboxes nobody knows which channels a step can reach.
  if (!model.knows("Workspace", "Inbox")) return;
  for (const found of model.steps()) {
    const said = contentOf(model, found);
    if (said.kind === "missing") continue;
    const ways = waysOf(model, found);
    for (const channel of new Set(ways.map((way) => way.channel)))
      checkChannel(model, found, said, channel);
    checkWindow(model, found, said, ways);
  }
}

function checkChannel(
  model: Model,
  { sequence, path }: StepOf,
  said: StepContent,
  channel: Channel,
): void {
  const at = [...path, "content"];
  if (said.kind === "template") {
    if (channel === "whatsapp") return;
    const hint = "give it text, and the template as outside_window";
    model.atKey(
      sequence.file,
      at,
      "content-missing",
      `this step can go by ${channel}, and says nothing there`,
      hint,
    );
    return;
  }
  if (said.kind !== "words") return;
  const { words } = said;
  if (!has(words, channel, "body")) {
    const hint = `add ${words.bodyKey}, or channels: { ${channel}: { ${words.bodyKey}: … } }`;
    model.atKey(
      sequence.file,
      at,
      "content-missing",
      `this step can go by ${channel}, and says nothing there`,
      hint,
    );
  }
  if (channel === "email" && !has(words, channel, "subject")) {
    const hint = "write content: { subject: …, body: … }, or keep the step off email";
    model.atKey(
      sequence.file,
      at,
      "subject-missing",
      "this step can go by email, and has no subject",
      hint,
    );
  }
}

function has(words: Words, channel: Channel, part: "subject" | "body"): boolean {
  return words[part] !== undefined || words.channels[channel]?.[part] !== undefined;
}

function checkWindow(
  model: Model,
  { sequence, step, path }: StepOf,
  said: StepContent,
  ways: readonly Way[],
): void {
  const use = said.kind === "template" ? said.use : step.outside_window;
  const candidates = use === undefined ? [] : candidatesOf(model, use.template);
  // A template that is not there is a finding of its own.
  if (use !== undefined && candidates.length === 0) return;
  for (const { inbox } of ways.filter(hasWindow)) {
    const id = inbox?.value.id;
    if (id === undefined || candidates.some((candidate) => candidate.inbox === id)) continue;
    const message =
      use === undefined
        ? `outside WhatsApp's 24 h window this step cannot be sent by inbox "${id}"`
        : `template "${use.template}" is not approved for inbox "${id}", which this step can use`;
    const name = candidates[0]?.name;
    const hint =
      use === undefined
        ? "add outside_window: { template: …, parameters: […] }"
        : `add a WhatsAppTemplate with inbox: ${id}${name === undefined ? " and the same name as this one" : ` and name: ${name}`}`;
    model.atKey(sequence.file, [...path, "id"], "outside-window", message, hint, "warning");
  }
}
