import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Variable } from "../../core/language/index.ts";
import { cadenza } from "../support/cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-variables-"));
  const files = {
    "cadenza.yaml": "kind: Workspace\nname: W\ntimezone: UTC\n",
    "plan.yaml":
      "kind: CustomAttribute\nid: plan\nentity: contact\nkey: plan\ntype: text\noptions: [free, paid]\ndescription: The plan.\n",
    "visit.yaml":
      "kind: Sequence\nid: visit\ntarget: appointment\nattributes: [{ entity: appointment, key: room, type: text }]\nsteps:\n  - { id: a, wait: 1 dya, content: Hi }\n",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function variables(...argv: string[]): Promise<Variable[]> {
  const { out } = await cadenza(["variables", ...argv, "--output", "json"], { cwd: folder });
  return JSON.parse(out) as Variable[];
}

describe("variables", () => {
  test("of a sequence are those of its target, with types and sources, also beside a mistake", async () => {
    const all = await variables("visit");
    const named = (variable: string) => all.find((one) => one.variable === variable);
    expect(named("appointment.starts_at")).toMatchObject({ type: "datetime", declared_in: null });
    expect(named("appointment.custom.room")).toMatchObject({ declared_in: "visit.yaml" });
    expect(named("contact.custom.plan")).toEqual({
      variable: "contact.custom.plan",
      type: "text",
      optional: true,
      declared_in: "plan.yaml",
      description: "The plan.",
      options: ["free", "paid"],
    });
    expect(named("unsubscribe_url")).toBeDefined();
    expect(named("charge.amount")).toBeUndefined();
  });

  test("without a sequence are those of every target", async () => {
    const roots = new Set((await variables()).map(({ variable }) => variable.split(".")[0]));
    expect([...roots]).toEqual(expect.arrayContaining(["charge", "deal", "appointment"]));
  });

  test("a sequence that is not there", async () => {
    expect(await cadenza(["variables", "vist"], { cwd: folder })).toEqual({
      code: 2,
      out: "",
      err: "cadenza: no sequence vist; did you mean visit?\n",
    });
  });
});
