import { listApprovals } from "../../../store/drafts.ts";
import { rolesFor } from "../../http/auth.ts";
import type { AppDeps } from "../../http/deps.ts";
import { withId } from "./enrollments.ts";
import { field, idOf, type Console } from "./page.ts";

const PAGE = 25;

/** The queue of drafts that wait for a person. */
export function approvalPages(pages: Console, { db, ports, clock }: AppDeps): void {
  pages.show("/approvals", "approvals.njk", async (_request, key) => {
    const drafts = await listApprovals(db, { after: null, limit: PAGE + 1 }, clock.now());
    return {
      drafts: drafts.slice(0, PAGE),
      hasMore: drafts.length > PAGE,
      mayDecide: rolesFor("approve").includes(key.role),
    };
  });

  pages.act("/approvals/:id/approve", "approve", async (request, by) => {
    const { body } = request;
    const [text, was] = [field(body, "body"), field(body, "was")];
    const [subject, wasSubject] = [field(body, "subject"), field(body, "was_subject")];
    // A browser sends its lines with a carriage return.
    const isEdited = lines(text) !== lines(was) || subject !== wasSubject;
    const edit =
      text === undefined || !isEdited ? null : { body: lines(text), subject: subject ?? null };
    const result = await withId(idOf(request), (id) => ports.approveDraft(id, edit, by));
    return { result, to: "/approvals" };
  });

  pages.act("/approvals/:id/discard", "approve", async (request, by) => ({
    result: await withId(idOf(request), (id) => ports.discardDraft(id, by)),
    to: "/approvals",
  }));
}

function lines(text: string | undefined): string {
  return (text ?? "").replaceAll("\r\n", "\n").trim();
}
