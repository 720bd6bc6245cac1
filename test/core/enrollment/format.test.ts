import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileProgram, simulate } from "../../../core/enrollment/index.ts";
import { digestOf } from "../../../core/language/digest.ts";
import { FORMAT, type CanonicalDocument } from "../../../core/language/document.ts";
import { facts, NOW, situation } from "./fixtures.ts";

/**
 * Documents as they were published, by their format. None of them is ever changed, because
 * enrollments run on such: what they say and when, and their digests, stay what they are.
 */
const GOLDEN = join(import.meta.dirname, "../../golden/format");

it("has documents of every format", () => {
  const formats = Array.from({ length: FORMAT }, (_, index) => String(index + 1));
  expect(readdirSync(GOLDEN).toSorted()).toEqual(formats);
});

describe.each(readdirSync(GOLDEN))("format %s", (format) => {
  const folder = join(GOLDEN, format);
  const documents = readdirSync(folder).filter((file) => file.endsWith(".json"));

  it.each(documents)("still runs %s", async (file) => {
    const document = JSON.parse(readFileSync(join(folder, file), "utf8")) as CanonicalDocument;
    const custom = { renewed_at: "2026-03-12T08:00:00Z", products: ["tea", "cups"] };
    const conversation = { id: "talk", inbox: "wa", open: true, subject: "Order" };
    const unsubscribe_url = "https://example.com/u/e1";
    const people = [
      { facts: { contact: { ...facts.contact, custom }, unsubscribe_url } },
      {
        facts: { contact: { ...facts.contact, language: "pt-BR", custom }, unsubscribe_url },
        reach: { conversation, lastInbound: { wa: Date.parse("2026-03-13T15:00:00Z") } },
      },
    ];
    const program = compileProgram(document);
    const said = await Promise.all(
      people.map(async (given) =>
        simulate(program, await situation(given), NOW).map(({ at, ...step }) => ({
          at: at === null ? null : new Date(at).toISOString(),
          ...step,
        })),
      ),
    );
    const shown = { digest: digestOf(document), sequence: program.sequence, said };
    const out = join(folder, file.replace(/\.json$/, ".out"));
    await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(out);
  });

  it("refuses a format of a later release by name", () => {
    const later = { format: FORMAT + 1, id: "later", target: "contact", steps: [] } as const;
    expect(() => compileProgram(later)).toThrow(`format ${FORMAT + 1}; upgrade Cadenza`);
  });
});
