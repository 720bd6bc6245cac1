import { didYouMean } from "../../did-you-mean.ts";
import {
  isKnownZone,
  parseDuration,
  parseQuietHours,
  parseSendHours,
  parseTimeOfDay,
} from "../../time/index.ts";
import type { RuleId } from "../catalogue/index.ts";
import type { Wait } from "../document.ts";
import type { Model } from "../model.ts";
import { fieldAt, pathsOf } from "../scope.ts";
import type { ParsedFile, Path } from "../source.ts";
import type { StepOf } from "../steps.ts";
import { waitHint } from "./wait-hint.ts";

/** Waits, times of day, durations, hours and zones mean something. */
export function time(model: Model): void {
  for (const found of model.steps()) checkStep(model, found);
  for (const { file, value } of model.sequences) {
    checkTime(model, file, ["defaults", "at"], value.defaults?.at);
    checkLength(model, file, ["defaults", "expires_after"], value.defaults?.expires_after);
    for (const [index, trigger] of (value.triggers ?? []).entries()) {
      if ("inactive" in trigger)
        checkLength(model, file, ["triggers", index, "inactive"], trigger.inactive);
    }
  }
  for (const { file, value } of model.inboxes.values()) {
    checkLength(model, file, ["rate_limit", "per"], value.rate_limit?.per);
  }
  for (const { file, value } of model.workspaces) checkWorkspace(model, file, value);
}

function checkWorkspace(
  model: Model,
  file: ParsedFile,
  value: NonNullable<Model["workspace"]>,
): void {
  if (!isKnownZone(value.timezone)) {
    const near = didYouMean(value.timezone, Intl.supportedValuesOf("timeZone"));
    const hint = near
      ? `did you mean "${near}"?`
      : "name an IANA zone, such as America/Sao_Paulo or Europe/Berlin";
    model.at(file, ["timezone"], "timezone-unknown", `"${value.timezone}" is no time zone`, hint);
  }
  checkLength(model, file, ["frequency_cap", "per"], value.frequency_cap?.per);
  for (const [name, length] of Object.entries(value.retention ?? {})) {
    checkLength(model, file, ["retention", name], String(length));
  }
  if (value.quiet_hours !== undefined && value.send_hours !== undefined) {
    model.atKey(file, ["send_hours"], "send-hours", "say quiet_hours or send_hours, not both");
  }
  const quiet = value.quiet_hours && parseQuietHours(value.quiet_hours);
  const open = value.send_hours && parseSendHours(value.send_hours);
  for (const [key, result] of [
    ["quiet_hours", quiet],
    ["send_hours", open],
  ] as const) {
    for (const error of result?.errors ?? []) {
      const path = error.key === null ? [key] : [key, error.key];
      model.at(file, path, "send-hours", error.message, error.hint);
    }
  }
}

function checkStep(model: Model, found: StepOf): void {
  const { sequence, step, wait, path } = found;
  const { file } = sequence;
  const own = sequence.value.steps[found.index];
  checkTime(model, file, [...path, "at"], own?.at);
  checkLength(model, file, [...path, "expires_after"], own?.expires_after);
  if (wait === null) {
    const hint = waitHint(step.wait, datesOf(model, found));
    model.at(file, [...path, "wait"], "wait", `"${step.wait}" is no wait`, hint);
  } else if (wait.kind === "relative") checkVariable(model, found, wait);
}

function checkVariable(
  model: Model,
  found: StepOf,
  { variable }: Extract<Wait, { kind: "relative" }>,
): void {
  const { sequence, step, path } = found;
  const field = fieldAt(model.scope(sequence.value.target), variable);
  const start = step.wait.indexOf(variable);
  const report = (rule: RuleId, message: string, hint: string) =>
    model.inside(
      sequence.file,
      [...path, "wait"],
      { start, end: start + variable.length },
      rule,
      message,
      hint,
    );
  if (field === undefined || !isDate(field.type)) {
    const dates = datesOf(model, found);
    const near = didYouMean(variable, dates);
    const hint = near ? `did you mean "${near}"?` : `dates here: ${dates.join(", ")}`;
    const is = field === undefined ? `there is no variable ${variable}` : `${variable} is no date`;
    if (field === undefined && model.mayDeclare(variable)) return;
    report("wait-variable", is, hint);
  } else if (field.type === "date" && step.at === undefined) {
    const hint = 'add at: "09:30" to the step, or to the sequence\'s defaults';
    report("at-required", `${variable} is a day without a time`, hint);
  }
}

function datesOf(model: Model, { sequence }: StepOf): string[] {
  const scope = model.scope(sequence.value.target);
  return pathsOf(scope).filter((path) => isDate(fieldAt(scope, path)?.type));
}

function isDate(type: string | undefined): boolean {
  return type === "date" || type === "datetime";
}

function checkTime(model: Model, file: ParsedFile, path: Path, text: string | undefined): void {
  if (text === undefined || parseTimeOfDay(text) !== null) return;
  const meant = timeMeant(text);
  const hint = meant === null ? 'write it as "09:30"' : `did you mean "${meant}"?`;
  model.at(file, path, "time-of-day", `"${text}" is no time of day`, hint);
}

/** `9:30`, `9am` and `5 pm` on a clock of 24 hours. */
function timeMeant(text: string): string | null {
  const [, digits, minutes = "00", half] =
    /^(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]m)?$/i.exec(text.trim()) ?? [];
  const isAfternoon = half?.toLowerCase() === "pm";
  const hour = half === undefined ? Number(digits) : (Number(digits) % 12) + (isAfternoon ? 12 : 0);
  const meant = `${String(hour).padStart(2, "0")}:${minutes}`;
  return parseTimeOfDay(meant) === null ? null : meant;
}

function checkLength(model: Model, file: ParsedFile, path: Path, text: string | undefined): void {
  if (text === undefined) return;
  const length = parseDuration(text);
  if (length !== null && length.n > 0) return;
  model.at(
    file,
    path,
    "duration",
    `"${text}" is no length of time`,
    "write 30 minutes, 2 days or 3 business days",
  );
}
