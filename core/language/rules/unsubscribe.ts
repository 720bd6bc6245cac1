import { bodiesOn, contentOf, type Words } from "../contents.ts";
import type { Model } from "../model.ts";
import { waysOf } from "../reach.ts";
import type { StepOf } from "../steps.ts";

const WAY_OUT = "unsubscribe_url";

/** Marketing that goes by email says in every language how to have no more of it. */
export function unsubscribe(model: Model): void {
  // Without all inboxes nobody knows which channels a step can reach.
  if (!model.knows("Workspace", "Inbox")) return;
  for (const found of model.steps()) {
    if (found.sequence.value.purpose !== "marketing") continue;
    if (waysOf(model, found).some(({ channel }) => channel === "email")) check(model, found);
  }
}

function check(model: Model, found: StepOf): void {
  const said = contentOf(model, found);
  if (said.kind !== "words") return;
  const { value } = found.sequence;
  const scope = model.scope(value.target);
  /** A text with mistakes has findings of its own. */
  const leadsOut = (text: string) => {
    const { variables } = model.templates.template(text, scope);
    return variables === null || variables.some(({ path }) => path === WAY_OUT);
  };
  if (linksOf(said.words).some(leadsOut)) return;
  for (const { text, path } of bodiesOn(said.words, "email")) {
    if (leadsOut(text)) continue;
    const message =
      said.shared === null
        ? "this is marketing that can go by email, with no way to unsubscribe"
        : `${value.id} is marketing, and sends this by email with no way to unsubscribe`;
    const hint = `add a line such as "Rather not hear from us? {{ ${WAY_OUT} }}"`;
    model.atKey(
      said.file,
      [...said.path, ...path],
      "unsubscribe-missing",
      message,
      hint,
      "warning",
    );
  }
}

/** Links that stand below the text in every language. */
function linksOf({ source }: Words): string[] {
  if (typeof source === "string" || source.type !== "rich") return [];
  return (source.buttons ?? []).flatMap(({ url }) => url ?? []);
}
