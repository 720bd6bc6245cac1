import type { SendResult } from "../../core/enrollment/index.ts";
import { unusable } from "./channel.ts";

/** What nodemailer throws. */
export interface SmtpError extends Error {
  readonly code?: string;
  /** The server's answer, if there was one. */
  readonly responseCode?: number;
}

/** The server does not know us, or we have nothing to tell it: an operator's to mend. */
const LOGIN = new Set(["EAUTH", "ENOAUTH", "EOAUTH2"]);
/** The answer is about this very message, not about the connection or the session. */
const ABOUT_MESSAGE = new Set(["EENVELOPE", "EMESSAGE"]);
/** "Bad sequence of commands": the session's fault, not the message's. */
const BAD_SEQUENCE = 503;

/**
 * What an SMTP failure means. An answer is certain: a 4xx is worth another attempt, and a 5xx about the
 * message is not (RFC 5321 §4.2.1). Without an answer it depends on whether the server had been given any
 * of the content: a connection lost from then on leaves it open whether the message was taken.
 * @param begun the content had begun to be sent
 */
export function consequenceOf(error: SmtpError, begun: boolean): SendResult {
  const { code = "ESMTP", responseCode: answer, message } = error;
  if (LOGIN.has(code)) return unusable(message);
  if (answer !== undefined && answer >= 400) {
    const isRefused = answer >= 500 && answer !== BAD_SEQUENCE && ABOUT_MESSAGE.has(code);
    return { kind: isRefused ? "permanent" : "retry", code: String(answer), message };
  }
  if (ABOUT_MESSAGE.has(code)) return { kind: "permanent", code, message };
  return { kind: begun ? "ambiguous" : "retry", code, message };
}
