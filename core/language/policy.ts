import type { Channel, Duration } from "./document.ts";

/** ISO weekday: 1 Monday … 7 Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** A daily window in minutes since local midnight; `from` is inside, `to` (up to 1440) is not. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** When messages may be sent: windows per weekday, sorted and disjoint; a day without windows is closed. */
export interface SendHours {
  readonly days: { readonly [day in Weekday]: readonly Window[] };
  /** Windows that apply on holidays instead of the weekday's; null: the weekday's own. */
  readonly holidays: readonly Window[] | null;
}

/**
 * The workspace as normalized from `cadenza.yaml`, every default filled in. It is live policy:
 * never pinned to a version, applied at once to everyone.
 */
export interface Policy {
  readonly name: string;
  readonly timezone: string;
  /** Whose zone governs waits, `at` and hours. */
  readonly zone: "workspace" | "contact";
  readonly business_days: {
    readonly week: readonly Weekday[];
    readonly holidays: {
      readonly country: string | null;
      readonly region: string | null;
      /** `YYYY-MM-DD` */
      readonly extra: readonly string[];
      readonly working: readonly string[];
    };
  };
  /** null: any time. */
  readonly send_hours: SendHours | null;
  readonly channels: {
    readonly automatic: readonly Channel[];
    /** The default inbox id of each channel. */
    readonly inboxes: { readonly [channel in Channel]?: string };
  };
  readonly frequency_cap: { readonly messages: number; readonly per: Duration } | null;
  readonly sender: { readonly name: string; readonly address: string | null };
  readonly approvers: readonly string[];
  readonly retire_guard: number;
  readonly on_blank: "hold" | "skip" | "fail";
  readonly consent: "none" | "required";
  readonly retention: { readonly [dataClass: string]: Duration };
}

/** An inbox as normalized from its file: live, like the policy. Credentials are references, never values. */
export interface Inbox {
  readonly id: string;
  readonly name: string;
  readonly channel: Channel;
  readonly provider: "smtp" | "twilio" | "meta" | "whatsapp_web" | "outbox";
  readonly from: string;
  readonly credentials: { readonly [key: string]: string };
  /** The provider's address, where the file names it: an SMTP server's host, port and TLS. */
  readonly host?: string;
  readonly port?: number;
  readonly secure?: boolean;
  /** A gateway's address. */
  readonly url?: string;
  readonly rate_limit: { readonly messages: number; readonly per: Duration } | null;
  readonly concurrency: number;
  readonly on_unknown: "hold" | "resend";
}
