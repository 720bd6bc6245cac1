import { describe, expect, it } from "vitest";
import { compile, formatPretty } from "../../../core/language/index.ts";
import { casesIn } from "./golden.ts";

describe("golden findings", () => {
  it.each(casesIn("err"))("$name", async ({ name, out, files }) => {
    const { diagnostics } = compile(files);
    const [rule] = name.split(".");
    expect(diagnostics.map((found) => found.rule)).toContain(rule);
    const pretty = formatPretty(diagnostics, files, { color: false });
    await expect(`${pretty}\n`).toMatchFileSnapshot(out);
  });
});

/** What is compiled of a valid workspace: a change here is a new version of running sequences. */
describe("golden compilations", () => {
  it.each(casesIn("ok"))("$name", async ({ name, out, files }) => {
    const { diagnostics, workspace, inboxes, attributes, sequences, personas } = compile(files);
    expect(formatPretty(diagnostics, files, { color: false })).toBe("");
    const versions = sequences.map(({ digest, document }) => ({ digest, document }));
    const shown =
      name === "workspace"
        ? { workspace, inboxes, attributes, personas, versions }
        : { attributes, versions };
    await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(out);
  });
});
