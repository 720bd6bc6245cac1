import type { PreviewCase, PreviewedStep } from "../../../previews.ts";
import { channelWords, composeWords } from "../words.ts";
import { local, longDate } from "./dates.ts";
import { html, type Markup, type Part } from "./html.ts";
import { channelIcon, icon } from "./icons.ts";
import { message, otherMessage } from "./messages.ts";

/** One step on the timeline: its date, its message, and why it is so. */
export function step(step: PreviewedStep, one: PreviewCase): Markup {
  const { inboxes } = one.situation.workspace;
  if (step.skipped !== null || step.channel === null) return unsent(step);
  const inbox = inboxes.get(step.inbox ?? "");
  return html`<li class="step ${step.channel}">
    ${date(step.due_at)}
    <span class="rail" aria-hidden="true"
      ><span class="dot">${channelIcon(step.channel)}</span></span
    >
    <article>
      <header>
        <h4>${step.name ?? step.step}</h4>
        <span class="tag ${step.channel}">${channelWords(step.channel)}</span>
        ${template(step)} ${ai(step)}
      </header>
      <div class="two">
        <div class="says">${message(step, one)} ${otherMessage(step, one)}</div>
        <div class="why">
          ${findings(step)}
          <dl>
            ${fact("Why", step.reason)} ${fact("Only if", code(step.if))} ${fact("To", step.to)}
            ${fact("From", inbox === undefined ? step.inbox : `${inbox.name} (${inbox.id})`)}
            ${parameters(step)} ${aiFacts(step)}
            ${step.name === null ? null : fact("Step", code(step.step))}
          </dl>
        </div>
      </div>
    </article>
  </li>`;
}

function unsent(step: PreviewedStep): Markup {
  const isHeld = step.diagnostics.length > 0;
  return html`<li class="step unsent ${isHeld ? "held" : ""}">
    ${date(step.due_at)}
    <span class="rail" aria-hidden="true"
      ><span class="dot">${icon(isHeld ? "warning" : "minus")}</span></span
    >
    <article>
      <header>
        <h4>${step.name ?? step.step}</h4>
        <span class="tag">${isHeld ? "Cannot be sent" : "Not sent"}</span>
      </header>
      <p class="reason">${sentence(step.reason ?? step.skipped ?? "")}</p>
      ${step.diagnostics.map(({ hint }) => (hint === undefined ? null : html`<p class="quiet">${sentence(hint)}</p>`))}
    </article>
  </li>`;
}

function date(at: string | null): Markup {
  if (at === null) return html`<p class="date"><span class="day">No date</span></p>`;
  const when = local(at);
  return html`<p class="date">
    <time datetime="${at}" title="${longDate(at)} (UTC${when.toFormat("ZZ")})">
      <span class="weekday">${when.toFormat("cccc")}</span>
      <span class="day">${when.toFormat("d LLL")}</span>
      <span class="clock">${when.toFormat("HH:mm")}</span>
    </time>
  </p>`;
}

function template({ template }: PreviewedStep): Part {
  if (template === null) return null;
  return html`<span class="tag"
    >Template ${template.id} · ${template.category} · ${template.language}</span
  >`;
}

function ai({ compose }: PreviewedStep): Part {
  if (compose === "static") return null;
  const who = compose === "ai_assisted" ? "AI drafts, a person approves" : "AI writes and sends";
  return html`<span class="tag ai">${icon("spark")} ${who}</span>`;
}

function aiFacts({ ai, compose }: PreviewedStep): Part {
  if (compose === "static") return null;
  return [
    fact("Shown", composeWords(compose)),
    ai === null ? null : [fact("Intent", ai.intent), fact("Tone", ai.tone ?? null)],
  ];
}

function parameters({ template }: PreviewedStep): Part {
  const values = Object.entries(template?.parameters ?? {});
  const isList = Array.isArray(template?.parameters);
  if (values.length === 0) return null;
  const shown = values.map(
    ([name, value]) => html`<li><code>${isList ? Number(name) + 1 : name}</code> ${value}</li>`,
  );
  return fact(
    "Parameters",
    html`<ul class="parameters">
      ${shown}
    </ul>`,
  );
}

function findings({ diagnostics }: PreviewedStep): Markup[] {
  return diagnostics.map(
    ({ message, rule }) =>
      html`<p class="finding">
        ${icon("warning")} <span>${sentence(message)} <code>${rule}</code></span>
      </p>`,
  );
}

/** A term and its meaning; nothing where there is none. */
function fact(term: string, value: Part): Part {
  return value === null
    ? null
    : html`<div>
        <dt>${term}</dt>
        <dd>${value}</dd>
      </div>`;
}

function code(text: string | null): Part {
  return text === null ? null : html`<code>${text}</code>`;
}

/** The first letter a capital. */
function sentence(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
