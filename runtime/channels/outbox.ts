import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SendResult } from "../../core/enrollment/index.ts";
import type { Channel, Delivery } from "./channel.ts";

/**
 * Keeps messages in a folder instead of sending them: one JSON file each, and beside it the message as
 * text to read. Files are named by the message, so writing one again changes nothing.
 * @param folder made when missing
 */
export function createOutbox(folder: string): Channel {
  return {
    async send(delivery): Promise<SendResult> {
      const { inbox, id, now, ...message } = delivery;
      const at = new Date(now).toISOString();
      const record = { id, at, ...message, inbox: inbox.id, from: inbox.from };
      try {
        await mkdir(folder, { recursive: true });
        await write(join(folder, `${id}.txt`), readable(delivery));
        await write(join(folder, `${id}.json`), `${JSON.stringify(record, null, 2)}\n`);
      } catch (error) {
        // Writing again does no harm, so a full disk is never an open question.
        const { code = "unknown", message: why } = error as NodeJS.ErrnoException;
        return { kind: "retry", code, message: why };
      }
      return { kind: "sent", providerId: `outbox:${id}` };
    },
  };
}

/** Whoever reads the folder sees whole files only. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

function readable({
  channel,
  inbox,
  to,
  subject,
  text,
  template,
  buttons,
  attachments,
  sequence,
  version,
  step,
  reason,
  now,
}: Delivery) {
  const head = [
    `To:       ${to}`,
    `From:     ${inbox.from} (${channel}, inbox ${inbox.id})`,
    `At:       ${new Date(now).toISOString()}`,
    `Step:     ${sequence}@${version} ${step}`,
    `Because:  ${reason}`,
    ...(template === null
      ? []
      : [`Template: ${template.name ?? template.id} (${template.language})`]),
    ...(subject === null ? [] : [`Subject:  ${subject}`]),
  ];
  const extras = [
    // A mail's text names its files.
    ...(channel === "email" ? [] : attachments).map(
      ({ name, url }) => `[file: ${name === undefined ? url : `${name} ${url}`}]`,
    ),
    ...buttons.map(
      ({ text: label, url, reply }) => `[${[label, url ?? reply].filter(Boolean).join(": ")}]`,
    ),
  ];
  const below = extras.length === 0 ? "" : `\n${extras.join("\n")}\n`;
  return `${head.join("\n")}\n\n${text}\n${below}`;
}
