import type * as Timers from "node:timers/promises";
import type { KyselyPlugin } from "kysely";
import { expect, test, vi } from "vitest";
import { executeChunk } from "../../../runtime/execute/execute.ts";
import { describeEngine } from "../../support/engine.ts";

/** The pauses between the attempts, which nobody waits for here; ms. */
const pauses = vi.hoisted((): number[] => []);
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<typeof Timers>()),
  setTimeout: async (ms: number) => void pauses.push(ms),
}));

/** PostgreSQL's `disk_full`. */
class DiskFull extends Error {
  readonly code = "53100";
}

/** A disk on which the next `times` statements that write find no room, once something was sent. */
function fullDisk(times: number, hasSent: () => boolean): KyselyPlugin {
  let left = times;
  return {
    transformQuery({ node }) {
      const isWrite = JSON.stringify(node).includes("update messages");
      if (isWrite && hasSent() && left > 0) {
        left -= 1;
        throw new DiskFull("could not extend file: No space left on device");
      }
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

describeEngine(
  "a disk that is full",
  (engine) => {
    test("for a moment, after the messages went out: they are recorded as sent all the same", async () => {
      const t = engine();
      const ids = [await t.enroll(), await t.enroll()];
      const [chunk] = await t.h.claim();
      const db = t.db.withPlugin(fullDisk(2, () => t.h.sent.length > 0));
      await executeChunk({ ...t.h.execution, db }, chunk!, () => false);
      for (const id of ids) expect(await t.messagesOf(id)).toMatchObject([{ state: "sent" }]);
      await t.h.drain();
      expect(t.h.sent).toHaveLength(2);
    });

    test("for long: the chunk fails, what went out is left open, and nothing goes twice", async () => {
      const t = engine();
      const ids = [await t.enroll(), await t.enroll(), await t.enroll()];
      const [chunk] = await t.h.claim();
      const db = t.db.withPlugin(fullDisk(Number.POSITIVE_INFINITY, () => t.h.sent.length > 0));
      const failed = executeChunk({ ...t.h.execution, db }, chunk!, () => false);
      await expect(failed).rejects.toThrow("No space left");
      expect(t.h.sent).toHaveLength(2);
      expect(pauses.slice(-4)).toEqual([50, 500, 2_000, 5_000]);

      // The job's next run finds room again.
      await t.h.execute(chunk!);
      await t.h.drain();
      expect(new Set(t.h.sent.map((one) => one.enrollment)).size).toBe(3);
      expect(t.h.sent).toHaveLength(3);
      const states = (await Promise.all(ids.map((id) => t.messagesOf(id)))).flat();
      expect(states.map((one) => one.state).toSorted()).toEqual(["sent", "unknown", "unknown"]);
    });
  },
  ["embedded"],
);
