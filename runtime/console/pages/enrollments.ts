import {
  listEnrollments,
  readEnrollment,
  type EnrollmentFilter,
} from "../../../store/enrollments-read.ts";
import { listWritten } from "../../../store/conversations-read.ts";
import { listUnknownMessages, readMessageHtml } from "../../../store/messages-read.ts";
import type { EnrollmentState } from "../../../store/schema.ts";
import { rolesFor } from "../../http/auth.ts";
import type { AppDeps } from "../../http/deps.ts";
import { RESOURCE_ID, UUID } from "../../http/page.ts";
import type { ActionResult, HttpPorts } from "../../http/ports.ts";
import { saidOf } from "../words.ts";
import { field, idOf, type Console } from "./page.ts";

const PAGE = 50;
const STATES: readonly EnrollmentState[] = [
  "active",
  "paused",
  "held",
  "completed",
  "exited",
  "failed",
];
/** What can be done to an enrollment in a state. */
const ACTIONS: { readonly [state in EnrollmentState]?: readonly string[] } = {
  active: ["pause", "skip", "exit"],
  paused: ["resume", "skip", "exit"],
  held: ["retry", "skip", "exit"],
  failed: ["retry"],
};

/** Enrollments: searched, one with all that happened to it, and what a person may do about it. */
export function enrollmentPages(pages: Console, { db, ports }: AppDeps): void {
  pages.show("/enrollments", "enrollments.njk", async ({ query }) => {
    const asked = {
      state: STATES.find((state) => state === field(query, "state")),
      sequence: field(query, "sequence")?.trim(),
      contact: field(query, "contact")?.trim(),
    };
    const after = field(query, "after");
    const filter: EnrollmentFilter = {
      ...(asked.state === undefined ? {} : { state: asked.state }),
      ...(asked.contact === undefined ? {} : { contact: asked.contact }),
      ...(asked.sequence === undefined || !RESOURCE_ID.test(asked.sequence)
        ? {}
        : { sequence: asked.sequence }),
    };
    const page = { after: after !== undefined && UUID.test(after) ? after : null, limit: PAGE + 1 };
    const rows = await listEnrollments(db, filter, page);
    const asking = Object.entries(asked).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    );
    const next = rows.length > PAGE ? rows[PAGE - 1]?.id : undefined;
    const more = new URLSearchParams([...asking, ["after", next ?? ""]]);
    return {
      states: STATES,
      asked: { state: "", sequence: "", contact: "", ...Object.fromEntries(asking) },
      enrollments: rows.slice(0, PAGE),
      more: next === undefined ? null : `?${more.toString()}`,
    };
  });

  pages.show("/enrollments/:id", "enrollment.njk", async (request, key) => {
    const id = idOf(request);
    const enrollment = UUID.test(id) ? await readEnrollment(db, id) : null;
    if (enrollment === null) return null;
    const mayAct = rolesFor("write").includes(key.role);
    const { contact_id: contact, started_at: since } = enrollment;
    return {
      enrollment,
      written: await listWritten(db, contact, since, PAGE),
      actions: mayAct ? (ACTIONS[enrollment.state] ?? []) : [],
      maySettle: rolesFor("operate").includes(key.role),
      history: enrollment.history.map((entry) => ({
        ...entry,
        said: saidOf(entry.type, entry.data),
      })),
    };
  });

  pages.show("/attention", "attention.njk", async (_request, key) => ({
    held: await listEnrollments(db, { state: "held" }, { after: null, limit: PAGE }),
    failed: await listEnrollments(db, { state: "failed" }, { after: null, limit: PAGE }),
    unknown: await listUnknownMessages(db, PAGE),
    mayAct: rolesFor("write").includes(key.role),
    maySettle: rolesFor("operate").includes(key.role),
  }));

  for (const [action, run] of Object.entries(actionsOf(ports))) {
    pages.act(`/enrollments/:id/${action}`, "write", async (request, by) => ({
      result: await withId(idOf(request), (id) => run(id, by)),
      to:
        field(request.body, "back") === "attention"
          ? "/attention"
          : `/enrollments/${idOf(request)}`,
    }));
  }
  pages.act("/messages/:id/settle", "operate", async (request, by) => {
    const as = field(request.body, "as") === "sent" ? "sent" : "not_sent";
    const result = await withId(idOf(request), (id) => ports.settleMessage(id, as, by));
    return { result, to: "/attention" };
  });
}

function actionsOf(ports: HttpPorts) {
  return {
    pause: (id: string, by: string) => ports.pauseEnrollment(id, by),
    resume: (id: string, by: string) => ports.resumeEnrollment(id, by),
    retry: (id: string, by: string) => ports.retryEnrollment(id, by),
    skip: (id: string, by: string) => ports.skipStep(id, by),
    exit: (id: string, by: string) => ports.exitEnrollment(id, by, "operator"),
  };
}

/** An id that is none is of nothing. */
export async function withId(
  id: string,
  run: (id: string) => Promise<ActionResult>,
): Promise<ActionResult> {
  if (UUID.test(id)) return run(id);
  return { refused: { problem: "not-found", detail: `There is no ${id.slice(0, 60)}` } };
}

/** The HTML of a message, for a frame that lets nothing of it run. */
export function htmlOf(deps: AppDeps, id: string): Promise<string | null> {
  return UUID.test(id) ? readMessageHtml(deps.db, id) : Promise.resolve(null);
}
