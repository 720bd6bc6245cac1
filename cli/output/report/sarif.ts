import { CATALOGUE, type Rule } from "../../../core/language/catalogue/index.ts";
import type { Diagnostic } from "../../../core/language/diagnostic.ts";
import { version } from "../../version.ts";
import { fingerprints } from "./fingerprint.ts";
import { messageOf, type Report } from "./report.ts";

/**
 * SARIF 2.1.0, as code scanning takes it: one run, every rule that was broken with its page, places
 * relative to the top of the repository.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function formatSarif({ diagnostics, prefix }: Report): string {
  const broken = new Set(diagnostics.map(({ rule }) => rule));
  const rules = [...broken].toSorted().map(describe);
  const positions = new Map(rules.map(({ id }, index) => [id, index]));
  const prints = fingerprints(diagnostics, prefix);
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Cadenza", semanticVersion: version(), rules } },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map((found, index) => ({
          ruleId: found.rule,
          ruleIndex: positions.get(found.rule) ?? -1,
          level: found.severity,
          message: { text: messageOf(found) },
          locations: [{ physicalLocation: placeOf(found, prefix) }],
          partialFingerprints: { "finding/v1": prints[index] },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describe(id: string) {
  const rule: Rule | undefined = CATALOGUE.find((known) => known.id === id);
  if (rule === undefined) return { id };
  return {
    id,
    shortDescription: { text: rule.reason },
    help: { text: rule.reason, markdown: rule.page },
    defaultConfiguration: { level: rule.severity },
  };
}

function placeOf({ file, line, column, endLine, endColumn }: Diagnostic, prefix: string) {
  return {
    artifactLocation: { uri: uriOf(`${prefix}${file}`), uriBaseId: "%SRCROOT%" },
    region: { startLine: line, startColumn: column, endLine, endColumn },
  };
}

/** A relative URI: a first part with a colon would be taken for a scheme. */
function uriOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
