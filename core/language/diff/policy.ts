import { durationWords } from "../../preview/words.ts";
import { canonicalJson } from "../digest.ts";
import type { Inbox, Policy, SendHours, Weekday, Window } from "../policy.ts";
import { changesBetween, type Fields } from "./fields.ts";
import type { FieldChange, State } from "./types.ts";

/** How the live policy differs: what it says counts at once for everyone, whatever version they are on. */
export function diffPolicy(before: State, after: State): FieldChange[] {
  return changesBetween(policyFields(before), policyFields(after));
}

type Words<T> = { readonly [key in keyof T]?: (value: NonNullable<T[key]>) => string };

const POLICY: Words<Policy> = {
  business_days: ({ week, holidays: { country, region, extra, working } }) =>
    [
      week.map((day) => DAYS[day]).join(", "),
      ...(country === null ? [] : [`holidays of ${[country, region].filter(Boolean).join(" ")}`]),
      ...(extra.length === 0 ? [] : [`closed on ${extra.join(", ")}`]),
      ...(working.length === 0 ? [] : [`open on ${working.join(", ")}`]),
    ].join("; "),
  send_hours: hoursWords,
  channels: ({ automatic, inboxes }) =>
    [
      `automatic: ${automatic.join(", ") || "none"}`,
      ...Object.entries(inboxes).map(([channel, id]) => `${channel}: ${id}`),
    ].join("; "),
  frequency_cap: perWords,
  sender: ({ name, address }) => [name, address].filter((part) => part !== null).join(", "),
  approvers: (all) => all.join(", ") || "none",
  retention: (all) =>
    Object.entries(all)
      .map(([kind, length]) => `${kind}: ${durationWords(length)}`)
      .join("; ") || "none",
};

const INBOX: Words<Inbox> = { rate_limit: perWords };

function policyFields({ workspace, inboxes }: State): Fields {
  const named = inboxes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return new Map([
    ...(workspace === null ? [] : wordsOf(workspace, POLICY, "")),
    ...named.flatMap(({ id, ...inbox }) => wordsOf(inbox, INBOX, `inbox ${id}.`)),
  ]);
}

function wordsOf<T extends object>(value: T, words: Words<T>, prefix: string): [string, string][] {
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    if (item === null || item === undefined) return [];
    const say = words[key as keyof T] as ((value: unknown) => string) | undefined;
    const plain = typeof item === "object" ? canonicalJson(item) : String(item);
    return [[`${prefix}${key}`, say === undefined ? plain : say(item)]];
  });
}

function perWords({ messages, per }: NonNullable<Policy["frequency_cap"]>): string {
  return `${messages} message${messages === 1 ? "" : "s"} per ${durationWords(per)}`;
}

const DAYS: Readonly<Record<Weekday, string>> = {
  1: "mon",
  2: "tue",
  3: "wed",
  4: "thu",
  5: "fri",
  6: "sat",
  7: "sun",
};

/** `mon-fri 09:00-21:00; sat 10:00-16:00; sun closed; holidays closed`. */
function hoursWords({ days, holidays }: SendHours): string {
  const runs: { from: string; to: string; hours: string }[] = [];
  for (const [day, windows] of Object.entries(days)) {
    const name = DAYS[Number(day) as Weekday];
    const hours = windowWords(windows);
    const last = runs.at(-1);
    if (last?.hours === hours) last.to = name;
    else runs.push({ from: name, to: name, hours });
  }
  const told = runs.map(({ from, to, hours }) =>
    runs.length === 1 ? `every day ${hours}` : `${from === to ? from : `${from}-${to}`} ${hours}`,
  );
  return [...told, ...(holidays === null ? [] : [`holidays ${windowWords(holidays)}`])].join("; ");
}

function windowWords(windows: readonly Window[]): string {
  if (windows.length === 0) return "closed";
  return windows.map(({ from, to }) => `${clock(from)}-${clock(to)}`).join(", ");
}

function clock(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
