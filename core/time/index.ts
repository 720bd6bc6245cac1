export { checkHolidays, loadCalendar, type Calendar } from "./calendar.ts";
export { parseTimeOfDay } from "./civil.ts";
export { toDateValue, type DateValue } from "./date-value.ts";
export { parseQuietHours, parseSendHours, type HoursError, type HoursResult } from "./hours.ts";
export { nextSend, type NextSend, type SendInput, type StepTiming } from "./next-send.ts";
export { sendableAt } from "./sendable.ts";
export { addDuration } from "./shift.ts";
export { parseDuration, parseWait } from "./wait.ts";
export { isKnownZone, resolveZone } from "./zone.ts";
