import { didYouMean } from "../../did-you-mean.ts";
import {
  isKnownZone,
  parseDuration,
  parseQuietHours,
  parseSendHours,
  parseTimeOfDay,
  parseWait,
} from "../../time/index.ts";
import type { Wait } from "../document.ts";
import type { Model, StepOf } from "../model.ts";
import { fieldAt, pathsOf } from "../scope.ts";
import type { ParsedFile, Path } from "../source.ts";

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
    const hint = "name an IANA zone, such as America/Sao_Paulo or Europe/Berlin";
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

function checkStep(model: Model, { sequence, step, path }: StepOf): void {
  const { file } = sequence;
  checkTime(model, file, [...path, "at"], step.at);
  checkLength(model, file, [...path, "expires_after"], step.expires_after);
  const wait = parseWait(step.wait);
  if (wait === null) {
    const hint =
      "write immediately, 2 days, 3 business days, 1 hour before appointment.starts_at, or on charge.due_on";
    model.at(file, [...path, "wait"], "wait", `"${step.wait}" is no wait`, hint);
  } else if (wait.kind === "relative") checkVariable(model, { sequence, step, path }, wait);
}

function checkVariable(
  model: Model,
  { sequence, step, path }: Pick<StepOf, "sequence" | "step" | "path">,
  { variable }: Extract<Wait, { kind: "relative" }>,
): void {
  const at = [...path, "wait"];
  const scope = model.scope(sequence.value.target);
  const field = fieldAt(scope, variable);
  const dates = pathsOf(scope).filter((one) => isDate(fieldAt(scope, one)?.type));
  const start = step.wait.indexOf(variable);
  const range = { start, end: start + variable.length };
  if (field === undefined || !isDate(field.type)) {
    const near = didYouMean(variable, dates);
    const hint = near ? `did you mean "${near}"?` : `dates here: ${dates.join(", ")}`;
    const message =
      field === undefined ? `there is no variable ${variable}` : `${variable} is no date`;
    model.inside(sequence.file, at, range, "wait-variable", message, hint);
  } else if (field.type === "date" && step.at === undefined) {
    const hint = 'add at: "09:30" to the step, or to the sequence\'s defaults';
    model.inside(
      sequence.file,
      at,
      range,
      "at-required",
      `${variable} is a day without a time`,
      hint,
    );
  }
}

function isDate(type: string | undefined): boolean {
  return type === "date" || type === "datetime";
}

function checkTime(model: Model, file: ParsedFile, path: Path, text: string | undefined): void {
  if (text === undefined || parseTimeOfDay(text) !== null) return;
  model.at(file, path, "time-of-day", `"${text}" is no time of day`, 'write it as "09:30"');
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
