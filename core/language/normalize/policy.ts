import type { Day, FileOf } from "../../../schemas/index.ts";
import { parseDuration, parseQuietHours, parseSendHours } from "../../time/index.ts";
import type { Channel, Duration } from "../document.ts";
import type { Model } from "../model.ts";
import type { Inbox, Policy, SendHours, Weekday } from "../policy.ts";

const DAYS: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WORKING_WEEK: readonly Day[] = ["mon", "tue", "wed", "thu", "fri"];
const CHANNELS: readonly Channel[] = ["email", "sms", "whatsapp"];

/** The valid workspace with every default filled in. */
export function normalizePolicy(model: Model, file: FileOf["Workspace"]): Policy {
  const { business_days: days = {}, frequency_cap: cap } = file;
  const { country = null, region = null, extra = [], working = [] } = days.holidays ?? {};
  const week = (days.week ?? WORKING_WEEK).map((day) => (DAYS.indexOf(day) + 1) as Weekday);
  const inboxes = CHANNELS.map((channel) => [channel, model.defaultInbox(channel)] as const);
  return {
    name: file.name,
    timezone: file.timezone,
    zone: file.zone ?? "workspace",
    business_days: { week, holidays: { country, region, extra, working } },
    send_hours: hoursOf(file),
    channels: {
      automatic: model.automaticOrder(),
      inboxes: Object.fromEntries(inboxes.filter(([, id]) => id !== undefined)),
    },
    frequency_cap: cap === undefined ? null : { messages: cap.messages, per: lengthOf(cap.per) },
    sender: { name: file.sender?.name ?? file.name, address: file.sender?.address ?? null },
    approvers: file.approvers ?? [],
    retire_guard: file.retire_guard ?? 3,
    on_blank: file.on_blank ?? "hold",
    consent: file.consent ?? "none",
    retention: Object.fromEntries(
      Object.entries(file.retention ?? {}).map(([kind, length]) => [
        kind,
        lengthOf(String(length)),
      ]),
    ),
  };
}

/** A valid inbox with every default filled in. */
export function normalizeInbox(file: FileOf["Inbox"]): Inbox {
  const { rate_limit: rate } = file;
  const place = file.provider === "smtp" ? placeOf(file) : {};
  return {
    id: file.id,
    name: file.name ?? file.id,
    channel: file.channel,
    provider: file.provider,
    from: file.from ?? file.id,
    credentials: "credentials" in file ? { ...file.credentials } : {},
    ...place,
    ...("url" in file && file.url !== undefined ? { url: file.url } : {}),
    rate_limit: rate === undefined ? null : { messages: rate.messages, per: lengthOf(rate.per) },
    concurrency: file.concurrency ?? 16,
    on_unknown: file.on_unknown ?? "hold",
  };
}

function placeOf({ host, port, secure }: { host?: string; port?: number; secure?: boolean }) {
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(secure === undefined ? {} : { secure }),
  };
}

function hoursOf(file: FileOf["Workspace"]): SendHours | null {
  if (file.send_hours !== undefined) return parseSendHours(file.send_hours).hours;
  return file.quiet_hours === undefined ? null : parseQuietHours(file.quiet_hours).hours;
}

function lengthOf(text: string): Duration {
  const length = parseDuration(text);
  if (length === null) throw new Error(`"${text}" reached normalization and is no length of time`);
  return length;
}
