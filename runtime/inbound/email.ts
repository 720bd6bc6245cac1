import { createHash } from "node:crypto";
import { simpleParser, type ParsedMail } from "mailparser";
import { isAutomatic } from "./automatic.ts";
import { keptText, keyOf, type InboundEvent, type InboundMedia } from "./events.ts";
import { keywordOf } from "./keywords.ts";
import { readComplaint, readDeliveryStatus } from "./mail-reports.ts";
import { ownIds } from "./message-ids.ts";
import { newWords } from "./quotes.ts";

/** HTML longer than this is not turned into text. */
const LONGEST_HTML = 500_000;

/**
 * What a mail says: a message, or a server's report about one of ours (a bounce, a complaint).
 * @param raw the mail as it came over the wire (RFC 5322)
 * @returns nothing for what is no mail
 */
export async function readEmail(raw: Buffer): Promise<InboundEvent[]> {
  const mail = await simpleParser(raw, {
    skipImageLinks: true,
    skipTextToHtml: true,
    maxHtmlLengthToParse: LONGEST_HTML,
  });
  const { type, params } = contentTypeOf(mail);
  if (type === "multipart/report") {
    const kind = params["report-type"]?.toLowerCase();
    if (kind === "delivery-status") return readDeliveryStatus(mail);
    if (kind === "feedback-report") return readComplaint(mail);
    // A receipt of reading: the person did not write.
    return [];
  }
  return message(mail, raw);
}

function message(mail: ParsedMail, raw: Buffer): InboundEvent[] {
  const address = mail.from?.value[0]?.address?.toLowerCase();
  if (address === undefined || address === "") return [];
  const digest = () => createHash("sha256").update(raw).digest("hex");
  const providerId = mail.messageId ?? `<sha256:${digest()}>`;
  const nature = isAutomatic(mail) ? "automatic" : "human";
  const words = keptText(newWords(mail.text ?? ""));
  return [
    {
      kind: "message",
      key: keyOf("message", providerId),
      providerId,
      // A mail's own date is the sender's claim.
      at: null,
      address,
      userId: null,
      nature,
      type: "email",
      text: keptText(mail.text),
      subject: keptText(mail.subject)?.slice(0, LONGEST_SUBJECT) ?? null,
      media: mail.attachments.slice(0, MOST_MEDIA).map(mediaOf),
      answers: ownIds([mail.inReplyTo ?? "", ...[mail.references ?? []].flat().toReversed()]),
      answersProviderId: null,
      keyword: nature === "human" ? keywordIn(words, mail.subject) : null,
    },
  ];
}

const LONGEST_SUBJECT = 500;
const MOST_MEDIA = 20;

/** A mail that a `mailto:` link wrote says it in its subject, and nothing else. */
function keywordIn(words: string | null, subject: string | undefined): "stop" | "start" | null {
  return keywordOf(words) ?? (words === null ? keywordOf(subject ?? null) : null);
}

function mediaOf({ contentType, filename }: ParsedMail["attachments"][number]): InboundMedia {
  return { type: contentType, ...(filename === undefined ? {} : { name: filename }) };
}

function contentTypeOf(mail: ParsedMail) {
  const header = mail.headers.get("content-type");
  const { value = "", params = {} } = (typeof header === "object" ? header : {}) as {
    readonly value?: string;
    readonly params?: { readonly [name: string]: string };
  };
  return { type: value.toLowerCase(), params };
}
