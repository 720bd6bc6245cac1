import { DateTime } from "luxon";
import segments from "sms-segments-calculator";
import {
  compileProgram,
  simulate,
  zoneOf,
  type Reach,
  type SimulatedStep,
  type Situation,
  type Workspace,
} from "../../core/enrollment/index.ts";
import type { Facts } from "../../core/facts.ts";
import {
  compile,
  formatPretty,
  resolvePersona,
  type Compilation,
  type CompiledVersion,
  type Persona,
} from "../../core/language/index.ts";
import { didYouMean } from "../../core/did-you-mean.ts";
import { loadCalendar } from "../../core/time/index.ts";
import { EXIT, printJson, UsageError, type ExitCode, type Io } from "../io.ts";
import { findRoot, readWorkspace } from "../workspace-files.ts";
import { formatPreview } from "../output/preview.ts";

export interface PreviewOptions {
  readonly root?: string;
  readonly persona?: string;
  readonly start?: string;
  readonly output: string;
}

export interface PreviewedStep {
  readonly step: string;
  /** ISO 8601 with the offset of the contact's zone; null where nothing says when. */
  readonly due_at: string | null;
  readonly channel: string | null;
  readonly inbox: string | null;
  readonly reason: string | null;
  readonly skipped: string | null;
  readonly subject: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly segments: number | null;
  readonly template: object | null;
  readonly diagnostics: readonly string[];
}

export interface Preview {
  readonly sequence: string;
  readonly persona: string;
  readonly start: string;
  readonly steps: readonly PreviewedStep[];
}

/** `cadenza preview [sequence]`: what would be said to each persona, and when. */
export async function preview(
  sequence: string | undefined,
  options: PreviewOptions,
  io: Io,
): Promise<ExitCode> {
  const root = await findRoot(io.cwd, options.root);
  const files = readWorkspace(root);
  const compiled = compile(files.files);
  const errors = [...files.diagnostics, ...compiled.diagnostics].filter(
    (found) => found.severity === "error",
  );
  if (errors.length > 0 || compiled.workspace === null) {
    io.out(`${formatPretty(errors, files.files, { color: io.color })}\n`);
    io.err("the workspace has errors; nothing can be previewed before they are mended\n");
    return EXIT.findings;
  }
  const versions = pick(compiled.sequences, sequence, "sequence");
  const personas = pick(compiled.personas, options.persona, "persona");
  const start = startInstant(options.start, compiled.workspace.timezone, io.now());
  const workspace: Workspace = {
    policy: compiled.workspace,
    calendar: await loadCalendar(compiled.workspace),
    inboxes: new Map(compiled.inboxes.map((inbox) => [inbox.id, inbox])),
    unsubscribeUrl: (enrollment) => `https://example.com/u/${enrollment}`,
  };
  const previews = versions.flatMap((version) =>
    personas
      .filter((persona) => fits(version, persona))
      .map((persona) => previewOne(version, persona, workspace, start)),
  );
  if (previews.length === 0) {
    throw new UsageError(
      "no persona fits: a persona needs the sequence's target (add `charge: …`, `deal: …` and so on to one)",
    );
  }
  if (options.output === "json") printJson(io, previews);
  else io.out(formatPreview(previews, compiled as Compilation, io.color));
  return EXIT.fine;
}

function pick<T extends { readonly id: string }>(
  all: readonly T[],
  id: string | undefined,
  what: string,
): readonly T[] {
  if (id === undefined) return all;
  const found = all.filter((one) => one.id === id);
  if (found.length > 0) return found;
  const ids = all.map((one) => one.id);
  const near = didYouMean(id, ids);
  const hint = near ? `did you mean ${near}?` : `there are: ${ids.join(", ") || "none"}`;
  throw new UsageError(`no ${what} ${id}; ${hint}`);
}

function fits(version: CompiledVersion, persona: Persona): boolean {
  return version.document.target in persona && persona[version.document.target] !== undefined;
}

function startInstant(given: string | undefined, zone: string, now: number): number {
  if (given === undefined) return Math.floor(now / 60_000) * 60_000;
  const parsed = DateTime.fromISO(given, { zone });
  if (!parsed.isValid)
    throw new UsageError(`--start ${given} is not an ISO 8601 instant, such as 2026-03-02T09:00`);
  return parsed.toMillis();
}

function previewOne(
  version: CompiledVersion,
  persona: Persona,
  workspace: Workspace,
  start: number,
): Preview {
  const program = compileProgram(version.document);
  const situation = situate(persona, workspace, start);
  const zone = zoneOf(workspace, situation.facts);
  return {
    sequence: version.id,
    persona: persona.id,
    start: isoIn(start, zone),
    steps: simulate(program, situation, start).map((step) => shape(step, zone)),
  };
}

function situate(persona: Persona, workspace: Workspace, start: number): Situation {
  const { policy } = workspace;
  const facts: Facts = {
    ...resolvePersona(persona, start, policy.timezone),
    workspace: { name: policy.sender.name, address: policy.sender.address },
    enrollment: { id: "preview", started_at: new Date(start).toISOString() },
    unsubscribe_url: workspace.unsubscribeUrl("preview"),
  };
  return { workspace, facts, reach: reachOf(facts) };
}

function reachOf({ contact, conversation }: Facts): Reach {
  const inbox = textOf(conversation?.["inbox"]);
  const last = textOf(conversation?.["last_inbound_at"]);
  const known =
    conversation && inbox
      ? {
          id: textOf(conversation["id"]) ?? "conversation",
          inbox,
          open: conversation["status"] !== "resolved",
          subject: textOf(conversation["subject"]),
        }
      : null;
  return {
    email: textOf(contact["email"]),
    phone: textOf(contact["phone"]),
    suppressed: [],
    lastInbound: inbox && last ? { [inbox]: Date.parse(last) } : {},
    conversation: known,
    latestOpen: known?.open ? known : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function shape({ step, at, message, skipped }: SimulatedStep, zone: string): PreviewedStep {
  const blanks = skipped?.startsWith("held: ") ? [skipped.slice("held: ".length)] : [];
  return {
    step,
    due_at: at === null ? null : isoIn(at, zone),
    channel: message?.channel ?? null,
    inbox: message?.inbox ?? null,
    reason: message?.reason ?? skipped,
    skipped,
    subject: message?.subject ?? null,
    text: message?.text ?? null,
    html: message?.html ?? null,
    segments:
      message?.channel === "sms" ? new segments.SegmentedMessage(message.text).segmentsCount : null,
    template: message?.template ?? null,
    diagnostics: blanks,
  };
}

function isoIn(instant: number, zone: string): string {
  return DateTime.fromMillis(instant, { zone }).toISO({ suppressMilliseconds: true }) ?? "";
}
