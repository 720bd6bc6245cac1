import type { Scenario } from "../language/scenario.ts";
import { isoIn } from "../preview/instants.ts";
import type { Course, CourseEvent } from "./types.ts";

/** The first line of every snapshot: what begins otherwise is nobody's snapshot. */
export const SNAPSHOT_HEAD =
  "# Written by `cadenza test --update`. Review it as you would the texts.";

/** A whole course as a text that people read in a diff. */
export function snapshotOf({ id, sequence }: Scenario, course: Course): string {
  const { start, zone, events } = course;
  const blocks = events.map((event) => blockOf(event, zone));
  return [
    SNAPSHOT_HEAD,
    `${id}: ${sequence}, begun ${clock(start, zone)} (${zone})`,
    ...blocks.map((block) => `\n${block}`),
    "",
  ].join("\n");
}

function blockOf({ at, kind, step, detail, message }: CourseEvent, zone: string): string {
  const head = `== ${clock(at, zone)} ${kind.replace("_", " ")}${step === null ? "" : ` ${step}`}`;
  if (message === null) return detail === null ? head : `${head}: ${detail}`;
  const { channel, inbox, to, reason, subject, text, template, buttons, attachments } = message;
  return [
    `${head}: ${channel} by ${inbox} to ${to} (${reason})`,
    ...(template === null ? [] : [`Template: ${template.id} (${template.language})`]),
    ...(subject === null ? [] : [`Subject: ${subject}`]),
    "",
    ...text.split("\n").map((line) => (line === "" ? "" : `    ${line}`)),
    ...buttons.map((button) => `    [${button.text}]`),
    ...attachments.map(({ url }) => `    (${url})`),
  ].join("\n");
}

/** With the offset: a change of the clocks shows. */
function clock(instant: number, zone: string): string {
  const iso = isoIn(instant, zone);
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} ${iso.endsWith("Z") ? "Z" : iso.slice(-6)}`;
}
