import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Channel, Delivery } from "./channel.ts";

/**
 * Keeps messages in a folder instead of sending them: one JSON file each, and beside it the message as
 * text to read. Files are named by the message, so writing one again changes nothing.
 * @param folder made when missing
 */
export function createOutbox(folder: string): Channel {
  let ready: Promise<unknown> | null = null;
  return {
    async send(delivery) {
      ready ??= mkdir(folder, { recursive: true });
      await ready;
      const { inbox, id, now, ...message } = delivery;
      const record = {
        id,
        at: new Date(now).toISOString(),
        ...message,
        inbox: inbox.id,
        from: inbox.from,
      };
      await write(join(folder, `${id}.json`), `${JSON.stringify(record, null, 2)}\n`);
      await write(join(folder, `${id}.txt`), readable(delivery));
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
  return `${head.join("\n")}\n\n${text}\n`;
}
