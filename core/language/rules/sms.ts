import { smsLength } from "../../sms.ts";
import { certainText } from "../../template/index.ts";
import { bodiesOn, contentOf } from "../contents.ts";
import type { Model } from "../model.ts";
import { waysOf } from "../reach.ts";
import type { ParsedFile, Path } from "../source.ts";

/**
 * A text message is billed by the segment. Only the words that are sure to be said are counted here;
 * previews count what each persona gets.
 */
export function sms(model: Model): void {
  if (!model.knows("Workspace", "Inbox")) return;
  const checked = new Set<string>();
  for (const found of model.steps()) {
    const said = contentOf(model, found);
    // Markdown is not what is sent: how long its plain text is, previews tell.
    if (said.kind !== "words" || said.words.type === "rich") continue;
    if (!waysOf(model, found).some(({ channel }) => channel === "sms")) continue;
    for (const { text, path } of bodiesOn(said.words, "sms")) {
      const at = [...said.path, ...path];
      const key = `${said.file.path} ${at.join(".")}`;
      if (checked.has(key)) continue;
      checked.add(key);
      check(model, said.file, at, text);
    }
  }
}

function check(model: Model, file: ParsedFile, path: Path, text: string): void {
  const certain = certainText(text);
  const length = smsLength(certain);
  if (length.segments === 1) return;
  const [culprit] = length.forcedBy;
  const plain = smsLength(withoutForcing(certain, length.forcedBy));
  if (culprit !== undefined && plain.segments < length.segments) {
    const shown = length.forcedBy.slice(0, MOST_SHOWN).map((one) => `"${one}"`);
    const more = length.forcedBy.length > MOST_SHOWN ? " and others" : "";
    const start = Math.max(0, text.indexOf(culprit));
    const verb = length.forcedBy.length === 1 ? "forces" : "force";
    const message = `${shown.join(", ")}${more} ${verb} UCS-2 on this text message: at least ${length.segments} segments, ${plain.segments} without`;
    const hint = "write it without, or take the segments that it costs: lint: { sms-unicode: off }";
    const span = { start, end: start + culprit.length };
    model.inside(file, path, span, "sms-unicode", message, hint, "warning");
    return;
  }
  const { encoding, segments, units } = length;
  const alone = encoding === "GSM-7" ? 160 : 70;
  const message = `as a text message this takes at least ${segments} segments: ${units} characters before its variables, and one has ${alone}`;
  const hint =
    "shorten it, or give text messages words of their own: channels: { sms: { body: … } }";
  model.at(file, path, "sms-segments", message, hint, "warning");
}

const MOST_SHOWN = 5;

/** The text as it would count if each character that GSM-7 lacks were one that it has. */
function withoutForcing(text: string, forcing: readonly string[]): string {
  return Array.from(text, (character) => (forcing.includes(character) ? "x" : character)).join("");
}
