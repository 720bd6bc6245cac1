import type { Channel } from "../document.ts";
import type { Model } from "../model.ts";
import { placeOf, type StepOf } from "../steps.ts";

/**
 * A channel's inbox serves that channel, and every channel that a step asks for has one. Only a warning
 * where `automatic` lists one without: the others are chosen meanwhile.
 */
export function inboxes(model: Model): void {
  for (const { file, value } of model.workspaces) {
    for (const channel of ["email", "sms", "whatsapp"] as const) {
      const id = value.channels?.[channel];
      const inbox = id === undefined ? undefined : model.inboxes.get(id)?.value;
      if (inbox === undefined || inbox.channel === channel) continue;
      model.at(
        file,
        ["channels", channel],
        "inbox-channel",
        `inbox "${id}" is for ${inbox.channel}, not ${channel}`,
        othersOf(model, channel),
      );
    }
    for (const [index, channel] of (value.channels?.automatic ?? []).entries()) {
      if (model.defaultInbox(channel) !== undefined || !model.knows("Inbox")) continue;
      const hint = `add an inbox for ${channel}, or take the channel out`;
      model.at(
        file,
        ["channels", "automatic", index],
        "inbox-channel",
        `${channel} has no inbox, so it is never chosen`,
        hint,
        "warning",
      );
    }
  }
  for (const { file, value } of model.whatsapp.values()) {
    const inbox = model.inboxes.get(value.inbox)?.value;
    if (inbox === undefined || inbox.channel === "whatsapp") continue;
    model.at(
      file,
      ["inbox"],
      "inbox-channel",
      `inbox "${value.inbox}" is for ${inbox.channel}, not whatsapp`,
      othersOf(model, "whatsapp"),
    );
  }
  for (const found of model.steps()) checkStep(model, found);
}

function checkStep(model: Model, found: StepOf): void {
  const { file } = found.sequence;
  const { channel, inbox: id } = found.step;
  const inbox = id === undefined ? undefined : model.inboxes.get(id)?.value;
  if (channel === "automatic" || channel === "same_conversation") {
    if (channel === "automatic") checkAutomatic(model, found);
    if (inbox === undefined) return;
    const hint = `set channel: ${inbox.channel}, or leave the inbox out`;
    const message = `${channel} chooses its inbox itself`;
    model.at(file, placeOf(found, "inbox"), "inbox-channel", message, hint);
  } else if (inbox !== undefined && inbox.channel !== channel) {
    const message = `inbox "${inbox.id}" is for ${inbox.channel}, not ${channel}`;
    model.at(file, placeOf(found, "inbox"), "inbox-channel", message, othersOf(model, channel));
  } else if (id === undefined && model.defaultInbox(channel) === undefined) {
    if (!model.knows("Workspace", "Inbox")) return;
    const [first, ...more] = model.inboxesOf(channel);
    const hint =
      first === undefined || more.length === 0
        ? `add an inbox for ${channel}`
        : `there are several: name one here, or the default in cadenza.yaml, as in channels: { ${channel}: ${first.id} }`;
    const message = `${channel} has no ${first === undefined ? "" : "default "}inbox`;
    model.at(file, placeOf(found, "channel"), "inbox-channel", message, hint);
  }
}

function othersOf(model: Model, channel: Channel): string {
  const ids = model.inboxesOf(channel).map(({ id }) => id);
  return ids.length === 0
    ? `add an inbox for ${channel}`
    : `name one for ${channel}: ${ids.join(", ")}`;
}

function checkAutomatic(model: Model, found: StepOf): void {
  const canSend = model.automaticOrder().some((channel) => model.defaultInbox(channel));
  if (canSend || !model.knows("Workspace", "Inbox")) return;
  const hint =
    "add an inbox, or list a channel that has one under channels.automatic in cadenza.yaml";
  const message = "automatic has no channel to choose from";
  const { sequence, index, path } = found;
  const isWritten =
    (sequence.value.steps[index]?.channel ?? sequence.value.defaults?.channel) !== undefined;
  const place = isWritten ? placeOf(found, "channel") : [...path, "id"];
  model.at(sequence.file, place, "inbox-channel", message, hint);
}
