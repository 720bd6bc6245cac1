import type { Calendar } from "../../../../core/time/index.ts";
import type { PreviewedStep } from "../../../previews.ts";
import { count } from "../../words.ts";
import { datesBetween, daysBetween, local } from "./dates.ts";
import { html, type Markup, type Part } from "./html.ts";
import { icon } from "./icons.ts";

/** Beyond so many days, those in the middle are counted instead of drawn. */
const MOST_DRAWN = 12;
const KEPT = 4;

/** The way from one step to the next: each day between them a mark on the line, closed days hollow. */
export function gap(from: string | null, step: PreviewedStep, calendar: Calendar): Markup {
  const to = step.due_at;
  const dates = from === null || to === null ? [] : datesBetween(from, to);
  const days = from === null || to === null ? 0 : daysBetween(from, to);
  return html`<li class="gap">
    <span class="rail" aria-hidden="true">${ticks(dates, calendar)}</span>
    <p>${step.wait}${distance(step, days)}${moved(step)}</p>
  </li>`;
}

function ticks(dates: readonly string[], calendar: Calendar): Part {
  if (dates.length <= MOST_DRAWN) return dates.map((date) => tick(date, calendar));
  return [
    dates.slice(0, KEPT).map((date) => tick(date, calendar)),
    html`<span class="more">${dates.length - 2 * KEPT}</span>`,
    dates.slice(-KEPT).map((date) => tick(date, calendar)),
  ];
}

function tick(date: string, calendar: Calendar): Markup {
  const name = local(date).toFormat("ccc d LLL");
  if (calendar.isBusinessDay(date)) return html`<span class="tick" title="${name}"></span>`;
  const why = calendar.isHoliday(date) ? "holiday" : "closed";
  return html`<span class="tick closed" title="${name}, ${why}"></span>`;
}

/** Said only where neither the wait nor its being moved says it. */
function distance({ wait, moved }: PreviewedStep, days: number): string {
  const said = /^(\d+) days?(,|$)/.exec(wait)?.[1];
  if (days === 0 || moved !== null || said === String(days)) return "";
  return ` · ${count(days, "day")} later`;
}

function moved({ moved, due_at: at }: PreviewedStep): Part {
  if (moved === null || at === null) return null;
  const isSameDay = moved.from.slice(0, 10) === at.slice(0, 10);
  const format = isSameDay ? "HH:mm" : "ccc HH:mm";
  const [from, to] = [local(moved.from).toFormat(format), local(at).toFormat(format)];
  return html`<span class="moved"
    >${icon("moon")} moved from ${from} to ${to}, ${moved.because}</span
  >`;
}
