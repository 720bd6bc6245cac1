import type { Diagnostic } from "../../core/language/diagnostic.ts";
import { paint } from "./paint.ts";

/** `GET /v1/status` */
export interface Status {
  readonly conditions: readonly {
    readonly type: string;
    readonly status: boolean;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly source: {
    readonly url: string | null;
    readonly branch: string | null;
    readonly path: string | null;
    readonly suspended: boolean;
    readonly last_attempted_sha: string | null;
    readonly last_applied_sha: string | null;
    readonly last_applied_at: string | null;
  };
  readonly delivery: "live" | "outbox";
  readonly enrollments: Readonly<Record<string, number>>;
  readonly halts: readonly { readonly scope: string }[];
}

/** A server's state on one screen. */
export function formatStatus(status: Status, color: boolean): string {
  const { bold, yellow, red } = paint(color);
  const { source, delivery, enrollments, halts } = status;
  const counts = Object.entries(enrollments).map(([state, count]) => `${count} ${state}`);
  const lines = [
    `${bold("Source")}       ${source.url ?? "none"} ${source.branch ?? ""} ${source.path ?? ""}`.trimEnd(),
    `${bold("Applied")}      ${commit(source.last_applied_sha)} ${source.last_applied_at ?? ""}`.trimEnd(),
    `${bold("Attempted")}    ${commit(source.last_attempted_sha)}`,
    `${bold("Enrollments")}  ${counts.join(", ") || "none"}`,
    ...(source.suspended ? [yellow("The source is suspended: nothing is published.")] : []),
    ...halts.map(({ scope }) => red(`Halted: ${scope}`)),
    delivery === "live"
      ? bold("Delivery is LIVE: messages go to real people.")
      : yellow(
          "Delivery is off: every message goes to the local outbox (CADENZA_DELIVERY=live sends).",
        ),
  ];
  return `${formatConditions(status.conditions, color)}${lines.join("\n")}\n`;
}

function commit(sha: string | null): string {
  return sha === null ? "none" : sha.slice(0, 12);
}

/** The conditions that are true, with their messages. */
export function formatConditions(conditions: Status["conditions"], color: boolean): string {
  const { bold, red, green, yellow } = paint(color);
  const styles: Readonly<Record<string, (text: string) => string>> = {
    Ready: green,
    Reconciling: yellow,
    Stalled: red,
  };
  return conditions
    .filter(({ status }) => status)
    .map(({ type, reason, message }) => {
      const style = styles[type] ?? bold;
      return `${style(type)} (${reason}) ${message}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** Findings of a commit; its files are not here, so there are no code frames. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ file, line, column, severity, message, rule, hint }) => {
      const advice = hint === undefined ? "" : `\n  ${hint}`;
      return `${file}:${line}:${column} ${severity} ${message} (${rule})${advice}\n`;
    })
    .join("");
}
