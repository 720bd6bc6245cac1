import { inWorkspace, objectionTo } from "../../controller/checks.ts";
import { shaOf } from "../../controller/git.ts";
import type { Diagnostic } from "../../core/language/diagnostic.ts";
import type { Breaking, State } from "../../core/language/diff/index.ts";

/** Stands for the merge's own commit, which does not exist yet. */
const NOT_YET = shaOf("0".repeat(40));

/**
 * What keeps the controller from publishing a valid merge, as findings: an error where it would refuse
 * it, a warning where it would wait for an operator.
 */
export function objections(
  before: State,
  after: State,
  breaking: readonly Breaking[],
): readonly Diagnostic[] {
  const retyped = breaking.filter(({ rule }) => rule === "attribute-type-changed");
  if (retyped.length > 0) return retyped.map(refusal);
  const { sequences, attributes, workspace, inboxes } = after;
  const commit = { sha: NOT_YET, author: "", committedAt: "", subject: "" };
  const publication =
    workspace === null ? null : { commit, sequences, attributes, inboxes, policy: workspace };
  const objection = objectionTo({
    candidate: { commit, files: after.files.length, diagnostics: [], publication },
    live: {
      sequences: new Set(before.sequences.map(({ id }) => id)),
      attributes: before.attributes,
      workspace:
        before.workspace === null ? null : { policy: before.workspace, inboxes: before.inboxes },
    },
    accepts: () => false,
  });
  if (objection?.outcome !== "stalled") return [];
  const message = objection.message.replaceAll(NOT_YET, "<the merge commit>");
  const rule = objection.reason === "EmptyTree" ? "empty-tree" : "retire-guard";
  return [{ ...inWorkspace(rule, `publishing would stall: ${message}`), severity: "warning" }];
}

function refusal({ rule, message, hint, file, line }: Breaking): Diagnostic {
  const position = { line, column: 1, endLine: line, endColumn: 2 };
  return { rule, severity: "error", file, ...position, message, hint };
}
