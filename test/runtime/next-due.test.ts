import { expect, test } from "vitest";
import { newId } from "../../store/ids.ts";
import { isAnythingDue, nextDueWithin } from "../../store/next-due.ts";
import { iso } from "../../store/placement.ts";
import { describeEngine } from "../support/engine.ts";

describeEngine("what comes due next", (engine) => {
  test("is found before it is due, as far as one looks", async () => {
    const t = engine();
    const now = t.h.clock.now();
    const ids: string[] = [];
    for (const ms of [400, 300]) {
      const id = await t.enroll();
      ids.push(id);
      await t.db
        .updateTable("enrollments")
        .set({ next_due_at: iso(now + ms) })
        .where("id", "=", id)
        .execute();
    }
    expect(await nextDueWithin(t.db, 500, now)).toBe(now + 300);
    expect(await nextDueWithin(t.db, 200, now)).toBeNull();
    expect(await isAnythingDue(t.db, now + 299)).toBe(false);
    expect(await isAnythingDue(t.db, now + 300)).toBe(true);
    // What is due already is the dispatcher's own to find.
    expect(await nextDueWithin(t.db, 500, now + 300)).toBe(now + 400);
    // What is in hand keeps its place in the index, and is nobody's to find.
    await t.db
      .updateTable("enrollments")
      .set({ chunk_id: newId(now) })
      .where("id", "in", ids)
      .execute();
    expect(await isAnythingDue(t.db, now + 400)).toBe(false);
    expect(await nextDueWithin(t.db, 500, now)).toBeNull();
  });
});
