import type { Model } from "../model.ts";

/** A channel's inbox serves that channel, and every channel that a step asks for has one. */
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
      );
    }
    for (const [index, channel] of (value.channels?.automatic ?? []).entries()) {
      if (model.defaultInbox(channel) !== undefined) continue;
      const hint = `add an inbox for ${channel}, or take the channel out`;
      model.at(
        file,
        ["channels", "automatic", index],
        "inbox-channel",
        `${channel} has no inbox`,
        hint,
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
    );
  }
  for (const { sequence, step, path } of model.steps()) {
    const { channel } = step;
    const inbox = step.inbox === undefined ? undefined : model.inboxes.get(step.inbox)?.value;
    const at = [...path, "inbox"];
    if (channel === "automatic" || channel === "same_conversation") {
      if (inbox === undefined) continue;
      const hint = `set channel: ${inbox.channel}, or leave the inbox out`;
      model.at(sequence.file, at, "inbox-channel", `${channel} chooses its inbox itself`, hint);
    } else if (inbox !== undefined && inbox.channel !== channel) {
      model.at(
        sequence.file,
        at,
        "inbox-channel",
        `inbox "${inbox.id}" is for ${inbox.channel}, not ${channel}`,
      );
    } else if (step.inbox === undefined && model.defaultInbox(channel) === undefined) {
      const hint = `add an inbox for ${channel}, or name the default one in cadenza.yaml: channels: { ${channel}: … }`;
      model.at(
        sequence.file,
        [...path, "channel"],
        "inbox-channel",
        `${channel} has no inbox`,
        hint,
      );
    }
  }
}
