import type { PreviewCase, PreviewedStep } from "../../../previews.ts";
import { count } from "../../words.ts";
import { anchorOf } from "./cadence.ts";
import { daysBetween, local } from "./dates.ts";
import { html, type Markup } from "./html.ts";

/** All cadences and people at a glance, each a small line of days that leads to its timeline. */
export function overview(cadences: readonly (readonly PreviewCase[])[]): Markup {
  return html`<nav class="overview" aria-label="Cadences">
    ${cadences.map((cases) => {
      const [first] = cases;
      const longest = Math.max(1, ...cases.map(spanOf));
      return html`<div class="entry">
        <h2>
          <a href="#${first?.version.id ?? ""}"
            >${first?.version.document.name ?? first?.version.id ?? ""}</a
          >
        </h2>
        <ul>
          ${cases.map((one) => html`<li>${line(one, longest)}</li>`)}
        </ul>
      </div>`;
    })}
  </nav>`;
}

function line(one: PreviewCase, longest: number): Markup {
  const { preview, name } = one;
  const dots = preview.steps.filter(({ due_at: at }) => at !== null);
  return html`<a href="#${anchorOf(one)}">
    <span class="name">${name}</span>
    <span class="strip" aria-hidden="true">
      ${dots.map((step) => {
        const share = (96 * daysOf(preview.start, step)) / longest;
        const kind = step.skipped === null ? (step.channel ?? "") : "unsent";
        return html`<span class="spot ${kind}" style="left:${share.toFixed(2)}%"></span>`;
      })}
    </span>
    <span class="sum quiet">${summary(one)}</span>
  </a>`;
}

function summary({ preview: { steps, start } }: PreviewCase): string {
  const sent = steps.filter(({ skipped }) => skipped === null);
  const findings = steps.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
  const last = sent.at(-1)?.due_at;
  const days = last == null ? 0 : daysBetween(start, last);
  return [
    `${sent.length} of ${steps.length} sent`,
    ...(last == null ? [] : [days === 0 ? "the same day" : `in ${count(days, "day")}`]),
    ...(findings === 0 ? [] : [count(findings, "finding")]),
  ].join(", ");
}

function spanOf({ preview }: PreviewCase): number {
  return Math.max(0, ...preview.steps.map((step) => daysOf(preview.start, step)));
}

/** Days and parts of days since the start. */
function daysOf(start: string, { due_at: at }: PreviewedStep): number {
  return at === null ? 0 : local(at).diff(local(start), "days").days;
}
