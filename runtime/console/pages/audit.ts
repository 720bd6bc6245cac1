import { listAudit } from "../../../store/audit.ts";
import { rolesFor } from "../../http/auth.ts";
import type { AppDeps } from "../../http/deps.ts";
import { UUID } from "../../http/page.ts";
import { field, type Console } from "./page.ts";

const PAGE = 50;

/** What was done by hand, for operators. */
export function auditPages(pages: Console, { db }: AppDeps): void {
  pages.show("/audit", "audit.njk", async ({ query }, key) => {
    if (!rolesFor("operate").includes(key.role)) return null;
    const after = field(query, "after");
    const page = { after: after !== undefined && UUID.test(after) ? after : null, limit: PAGE + 1 };
    const rows = await listAudit(db, {}, page);
    const next = rows.length > PAGE ? rows[PAGE - 1]?.id : undefined;
    return {
      entries: rows.slice(0, PAGE),
      more: next === undefined ? null : `?after=${next}`,
    };
  });
}
