import type { ParsedMail } from "mailparser";
import type { Meaning } from "../channels/meanings.ts";
import { keyOf, type DeliveryReport } from "./events.ts";
import { ownIds } from "./message-ids.ts";

type Fields = { readonly [name: string]: string };

/**
 * A delivery status notification (RFC 3464): what became of a mail of ours, a report a recipient. Ours is
 * known by the Message-ID of the mail that is returned with it: a report that returns none could be
 * anybody's invention, and says nothing.
 */
export function readDeliveryStatus(mail: ParsedMail): DeliveryReport[] {
  const [messageId] = originals(mail);
  if (messageId === undefined) return [];
  return groupsOf(mail.text ?? "").flatMap((fields): DeliveryReport[] => {
    const action = fields["action"]?.toLowerCase();
    const status = /\d\.\d{1,3}\.\d{1,3}/.exec(fields["status"] ?? "")?.[0] ?? "";
    const diagnostic = fields["diagnostic-code"] ?? "";
    if (action === "delivered") return [report(messageId, "delivered", null, null, null)];
    // `delayed` and `relayed`: the last word is still to come.
    if (action !== "failed") return [];
    const message = diagnostic === "" ? `bounced with status ${status}` : diagnostic;
    return [
      report(messageId, "failed", status || "bounced", message, meaningOf(status, diagnostic)),
    ];
  });
}

/** A complaint (RFC 5965): the person called our mail spam. */
export function readComplaint(mail: ParsedMail): DeliveryReport[] {
  const [messageId] = originals(mail);
  const text = [
    mail.text ?? "",
    ...mail.attachments.map(({ content }) => content.toString("utf8", 0, LOOKED_AT)),
  ];
  const isAbuse = text.some((part) => /^feedback-type:\s*abuse\s*$/im.test(part));
  if (messageId === undefined || !isAbuse) return [];
  return [
    {
      ...report(messageId, "delivered", null, null, "opted_out"),
      key: keyOf("complaint", messageId),
      code: "complaint",
      message: "the person marked the mail as spam",
    },
  ];
}

function report(
  messageId: string,
  state: "delivered" | "failed",
  code: string | null,
  message: string | null,
  means: Meaning | null,
): DeliveryReport {
  const key = keyOf("delivery", messageId, state, code ?? "");
  return {
    kind: "delivery",
    key,
    state,
    providerId: null,
    messageId,
    at: null,
    code,
    message,
    means,
    userId: null,
  };
}

/** The mail that a report is about: returned whole, or its headers. */
function originals(mail: ParsedMail): string[] {
  const returned = mail.attachments
    .filter(({ contentType }) => /^(?:message\/rfc822|text\/rfc822-headers)$/i.test(contentType))
    .map(({ content }) => content.toString("utf8", 0, LOOKED_AT).split(/\r?\n\r?\n/, 1)[0] ?? "");
  const heads = returned.flatMap((head) => /^message-id:\s*(<[^>]+>)/im.exec(head)?.[1] ?? []);
  return ownIds(heads);
}

const LOOKED_AT = 50_000;

/** The groups of fields about one recipient each. */
function groupsOf(text: string): Fields[] {
  return text
    .slice(0, LOOKED_AT)
    .replace(/\r?\n[ \t]+/g, " ")
    .split(/\r?\n\s*\r?\n/)
    .map((group) =>
      Object.fromEntries(
        [...group.matchAll(/^([\w-]+):[ \t]*(.*)$/gm)].map(([, name, value]) => [
          name!.toLowerCase(),
          value!.trim(),
        ]),
      ),
    )
    .filter((fields) => "action" in fields && "status" in fields);
}

/** Nobody is there (RFC 3463): the address, its domain, or a mailbox that is closed. */
const NOBODY = /^5\.(?:1\.(?:0|1|2|3|6|10)|2\.1|4\.4)$/;
/** What servers without a finer status write. */
const NOBODY_IN_WORDS =
  /user unknown|unknown user|no such user|unknown recipient|does not exist|doesn't exist|invalid recipient|invalid mailbox|mailbox not found|no mailbox here|account (?:is )?(?:disabled|inactive)|address rejected|host not found/i;
/** Full, too big, refused by policy: the address is good. */
const SOMEBODY = /^(?:4\.|5\.(?:2\.2|2\.3|3\.|7\.))/;

function meaningOf(status: string, diagnostic: string): Meaning | null {
  if (SOMEBODY.test(status)) return null;
  return NOBODY.test(status) || NOBODY_IN_WORDS.test(diagnostic) ? "bad_address" : null;
}
