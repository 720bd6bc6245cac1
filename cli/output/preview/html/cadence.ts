import { withArticle } from "../../../../core/article.ts";
import type { CanonicalDocument } from "../../../../core/language/document.ts";
import type { PreviewCase } from "../../../previews.ts";
import { durationWords } from "../../../../core/preview/index.ts";
import { count } from "../../words.ts";
import { longDate } from "./dates.ts";
import { facts } from "./facts.ts";
import { gap } from "./gap.ts";
import { html, type Markup, type Part } from "./html.ts";
import { step } from "./step.ts";

/** One cadence: what it is, and its timeline for each person; the address says whose is shown. */
export function cadence(cases: readonly PreviewCase[]): Markup {
  const [first] = cases;
  if (first === undefined) throw new Error("a cadence without a case");
  const { id, document } = first.version;
  return html`<section class="cadence" id="${id}" aria-labelledby="_title-${id}">
    <header>
      <h2 id="_title-${id}">${document.name ?? id}</h2>
      ${document.description === undefined ? null : html`<p class="lead">${document.description}</p>`}
      <p class="traits">${traits(document).map((trait) => html`<span>${trait}</span>`)}</p>
    </header>
    <div class="panels">${cases.map((one) => panel(one, cases))}</div>
  </section>`;
}

/**
 * Where a report shows one cadence for one person. No sequence's id holds a `_`, so that none of the page's
 * own ids, nor any other cadence's, can be the same.
 */
export function anchorOf({ preview }: PreviewCase): string {
  return `${preview.sequence}_${preview.persona.replace(/[^A-Za-z0-9-]/g, "_")}`;
}

function panel(one: PreviewCase, all: readonly PreviewCase[]): Markup {
  const { preview, name, situation, version } = one;
  const id = anchorOf(one);
  return html`<section class="panel" id="${id}" aria-label="${name}">
    ${all.length === 1 ? null : people(one, all)}
    <div class="who">
      <h3>${name}</h3>
      ${facts(situation.facts)}
    </div>
    <ol class="timeline">
      <li class="mark">
        <span class="rail" aria-hidden="true"></span>
        <p>Begins ${longDate(preview.start)}</p>
      </li>
      ${steps(one)}
      <li class="mark">
        <span class="rail" aria-hidden="true"></span>
        <p>The end. It ends earlier ${endings(version.document)}.</p>
      </li>
    </ol>
  </section>`;
}

function people(one: PreviewCase, all: readonly PreviewCase[]): Markup {
  return html`<nav class="people" aria-label="Shown for">
    ${all.map(
      (other) =>
        html`<a href="#${anchorOf(other)}" ${other === one ? html`aria-current="true"` : null}
          >${other.name}</a
        >`,
    )}
  </nav>`;
}

function steps(one: PreviewCase): Part[] {
  const { calendar } = one.situation.workspace;
  let last: string | null = one.preview.start;
  return one.preview.steps.map((next): Part => {
    const from = last;
    last = next.due_at ?? last;
    return [gap(from, next, calendar), step(next, one)];
  });
}

/** What ends an enrollment before its last step. */
function endings({ exit }: CanonicalDocument): Part[] {
  const events = (exit?.events ?? ["reply"]).map((event) => EVENTS[event] ?? `on ${event}`);
  const goal = exit?.goal === undefined ? null : html`once <code>${exit.goal}</code>, `;
  return [events.map((event) => `${event}, `), goal, "or when they opt out"];
}

const EVENTS: Readonly<Record<string, string>> = {
  reply: "when they reply",
  conversation_resolved: "when the conversation is resolved",
};

function traits(document: CanonicalDocument): string[] {
  const triggers = (document.triggers ?? []).map((trigger) => {
    const when =
      "event" in trigger ? trigger.event : `${durationWords(trigger.inactive)} of silence`;
    return `begins with ${when}${trigger.if === undefined ? "" : ` if ${trigger.if}`}`;
  });
  return [
    document.id,
    count(document.steps.length, "step"),
    `about ${withArticle(document.target)}`,
    document.purpose ?? "transactional",
    ...triggers,
  ];
}
