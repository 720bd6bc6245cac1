import type { KyselyPlugin } from "kysely";
import { expect, test } from "vitest";
import { executeChunk } from "../../../runtime/execute/execute.ts";
import { describeEngine, NOW } from "../../support/engine.ts";
import { createHarness } from "../../support/harness.ts";
import { publishVersion, textDocument } from "../../support/rows.ts";

/** A database that is away whenever a version's document is read. */
const away: KyselyPlugin = {
  transformQuery({ node }) {
    if (JSON.stringify(node).includes("sequence_versions")) {
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    }
    return node;
  },
  transformResult: async ({ result }) => result,
};

describeEngine("a database that goes away while a version is read", (engine) => {
  test("fails the chunk, which is run again, and holds nobody", async () => {
    const t = engine();
    await publishVersion(t.db, textDocument("unread"), 1, NOW);
    const id = await t.enroll("unread");
    const [chunk] = await t.h.claim();
    const { execution } = createHarness(t.db, NOW);
    const broken = executeChunk({ ...execution, db: t.db.withPlugin(away) }, chunk!, () => false);
    await expect(broken).rejects.toThrow("ECONNRESET");
    expect(await t.read(id)).toMatchObject({ state: "active", chunk_id: chunk, reason: null });

    await t.h.execute(chunk!);
    expect(t.h.sent).toHaveLength(1);
    expect(await t.historyOf(id)).toEqual(["enrolled", "scheduled", "sent"]);
  });
});
