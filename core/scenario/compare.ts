import { isoIn } from "../preview/instants.ts";
import type { ExpectedMessage, Expectation } from "../language/scenario.ts";
import { instantOfMoment, parseMoment } from "../language/moment.ts";
import type { Path } from "../language/source.ts";
import type { Course, SentMessage } from "./types.ts";

/** One way in which a course is not what the test expects. */
export interface Mismatch {
  /** Where the test says otherwise. */
  readonly path: Path;
  readonly message: string;
  readonly expected: string | null;
  readonly came: string | null;
}

const MINUTE = 60_000;

/** Holds a course against what a test expects of it; empty where all of it came true. */
export function compareCourse(expect: Expectation, course: Course): Mismatch[] {
  const { messages, state, reason } = expect;
  const found: Mismatch[] = messages === undefined ? [] : compareMessages(messages, course);
  if (state !== undefined && state !== course.state) {
    const came = course.reason === null ? course.state : `${course.state}: ${course.reason}`;
    const stopped =
      state === "active" ? "; a scenario runs to its end unless `until` stops it" : "";
    const message = `the enrollment is ${came}, not ${state}${stopped}`;
    found.push({ path: ["expect", "state"], message, expected: state, came: course.state });
  }
  if (reason !== undefined && reason !== course.reason) {
    const came = course.reason ?? "none";
    const message = `the reason is ${came}, not ${reason}`;
    found.push({ path: ["expect", "reason"], message, expected: reason, came: course.reason });
  }
  return found;
}

/** The list is complete and in order. A message too many or too few does not make the others wrong. */
function compareMessages(expected: readonly ExpectedMessage[], course: Course): Mismatch[] {
  const found: Mismatch[] = [];
  const { messages: sent } = course;
  let [i, j] = [0, 0];
  while (i < expected.length || j < sent.length) {
    const [want, came] = [expected[i], sent[j]];
    const path: Path = ["expect", "messages", i];
    if (want !== undefined && came?.step === want.step) {
      found.push(...compareMessage(want, came, course, path));
      [i, j] = [i + 1, j + 1];
    } else if (want !== undefined && !sent.slice(j).some(({ step }) => step === want.step)) {
      const message = `${want.step} was not sent${why(want.step, course)}`;
      found.push({ path: [...path, "step"], message, expected: want.step, came: null });
      i += 1;
    } else if (came !== undefined) {
      const message = `${came.step} was sent at ${local(came.at, course.zone)}, and is not expected here`;
      const at: Path = want === undefined ? ["expect", "messages"] : [...path, "step"];
      found.push({ path: at, message, expected: want?.step ?? null, came: came.step });
      j += 1;
    }
  }
  return found;
}

function why(step: string, { events, state, reason }: Course): string {
  const own = events.findLast((event) => event.step === step && event.detail !== null);
  if (own !== undefined) return `: ${own.kind.replace("_", " ")}, ${own.detail}`;
  return `: the enrollment was ${state}${reason === null ? "" : ` (${reason})`} by then`;
}

function compareMessage(
  want: ExpectedMessage,
  { step, at, message }: SentMessage,
  { start, zone }: Course,
  path: Path,
): Mismatch[] {
  const found: Mismatch[] = [];
  const differ = (key: string, expected: string, came: string | null, message: string) =>
    found.push({ path: [...path, ...key.split("/")], message, expected, came });
  const moment = want.at === undefined ? null : parseMoment(want.at);
  if (moment !== null) {
    const due = instantOfMoment(moment, start, zone);
    if (Math.floor(due / MINUTE) !== Math.floor(at / MINUTE)) {
      const [expected, came] = [local(due, zone), local(at, zone)];
      differ("at", expected, came, `${step} was sent at ${came}, not at ${expected}`);
    }
  }
  for (const key of ["channel", "inbox"] as const) {
    const [expected, came] = [want[key], message[key]];
    if (expected === undefined || expected === came) continue;
    differ(
      key,
      expected,
      came,
      `${step} was sent by ${came}, not by ${expected}: ${message.reason}`,
    );
  }
  if (want.subject !== undefined && trimmed(want.subject) !== (message.subject ?? "")) {
    const came = message.subject;
    const said = came === null ? "has no subject" : `has the subject ${JSON.stringify(came)}`;
    differ("subject", trimmed(want.subject), came, `${step} ${said}`);
  }
  const parts = typeof want.contains === "string" ? [want.contains] : (want.contains ?? []);
  for (const [index, part] of parts.entries()) {
    if (message.text.includes(trimmed(part))) continue;
    const key = typeof want.contains === "string" ? "contains" : `contains/${index}`;
    differ(key, trimmed(part), message.text, `${step} does not say this`);
  }
  if (want.equals !== undefined && trimmed(want.equals) !== trimmed(message.text)) {
    differ("equals", trimmed(want.equals), trimmed(message.text), `${step} says something else`);
  }
  return found;
}

/** A block of YAML ends in a newline that nobody means. */
function trimmed(text: string): string {
  return text.replace(/\n+$/, "");
}

/** As expectations are written: to the minute, by the enrollment's own clock. */
function local(instant: number, zone: string): string {
  return isoIn(instant, zone).slice(0, 16);
}
