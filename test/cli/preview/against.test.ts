import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cadenza } from "../../support/cli.ts";
import { FILES } from "../../core/language/diff/states.ts";
import { plannedRepository, type Planned } from "../plan/repository.ts";

let repository: Planned;
beforeEach(async () => {
  repository = await plannedRepository();
});
afterEach(() => repository.remove());

const preview = (...args: readonly string[]) =>
  cadenza(["preview", "--output", "json", ...args], {
    cwd: join(repository.path, "cadences"),
    env: { CADENZA_CACHE: "off" },
  });
const sequencesOf = (out: string) =>
  (JSON.parse(out) as { sequence: string }[]).map(({ sequence }) => sequence);

describe("preview --against", () => {
  test("shows what merging creates or changes, and leaves the rest out", async () => {
    await repository.write({
      "new.yaml":
        "kind: Sequence\nid: new\ntarget: contact\nsteps:\n  - { id: a, wait: immediately, channel: sms, content: Hello }\n",
    });
    const { code, out } = await preview("--against", "main");
    expect(code).toBe(0);
    expect(sequencesOf(out)).toEqual(["new"]);
  });

  test("nothing, and says so, where nothing changed", async () => {
    const { code, out, err } = await preview("--against", "main");
    expect({ code, sequences: sequencesOf(out) }).toEqual({ code: 0, sequences: [] });
    expect(err).toContain("no sequence changes against main");
  });

  test.each(["markdown", "html"])("nothing is a page that says so, as %s", async (output) => {
    const { code, out } = await preview("--against", "main", "--output", output);
    expect(code).toBe(0);
    expect(out).toContain("Nothing to preview: no sequence is created or changed.");
    expect(out).not.toContain("<nav");
  });

  test("a result with errors is for plan to tell", async () => {
    await repository.git("checkout", "--quiet", "main");
    const broken = FILES["visit.yaml"]!.replace("target: ", "target: nobody # ");
    await repository.commit({ "cadences/visit.yaml": broken });
    await repository.git("checkout", "--quiet", "topic");
    const { code, err } = await preview("--against", "main");
    expect(code).toBe(2);
    expect(err).toContain("cadenza plan --against main tells");
  });

  test("a ref that is none is wrong usage", async () => {
    const { code, err } = await preview("--against", "nowhere");
    expect(code).toBe(2);
    expect(err).toContain("nowhere");
  });
});
