import { listRecentMessages } from "../../../store/overview.ts";
import type { MessageState } from "../../../store/schema.ts";
import type { AppDeps } from "../../http/deps.ts";
import { RESOURCE_ID, UUID } from "../../http/page.ts";
import { field, type Console } from "./page.ts";

const PAGE = 48;
/** What may have been said or is about to be; what was skipped is told in its enrollment's history. */
const STATES: readonly MessageState[] = [
  "pending",
  "awaiting_approval",
  "sending",
  "sent",
  "delivered",
  "read",
  "failed",
  "unknown",
];

/** Every message, the latest first: the outbox, while nothing leaves this server. */
export function messagePages(pages: Console, { db, delivery }: AppDeps): void {
  pages.show("/messages", "messages.njk", async ({ query }) => {
    const state = STATES.find((one) => one === field(query, "state"));
    const inbox = field(query, "inbox")?.trim();
    const after = field(query, "after");
    const filter = {
      ...(state === undefined ? {} : { state }),
      ...(inbox === undefined || !RESOURCE_ID.test(inbox) ? {} : { inbox }),
    };
    const page = { after: after !== undefined && UUID.test(after) ? after : null, limit: PAGE + 1 };
    const rows = await listRecentMessages(db, page, filter);
    const next = rows.length > PAGE ? rows[PAGE - 1]?.id : undefined;
    return {
      delivery,
      states: STATES,
      asked: { state: state ?? "", inbox: inbox ?? "" },
      messages: rows.slice(0, PAGE),
      more:
        next === undefined
          ? null
          : `?${new URLSearchParams({ ...filter, after: next }).toString()}`,
    };
  });
}
