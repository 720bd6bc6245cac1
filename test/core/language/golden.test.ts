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
