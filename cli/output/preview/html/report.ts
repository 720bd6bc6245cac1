import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Workspace } from "../../../../core/enrollment/index.ts";
import type { PreviewCase } from "../../../previews.ts";
import { NOTHING } from "../words.ts";
import { cadence } from "./cadence.ts";
import { longDate } from "./dates.ts";
import { html, trusted, type Markup } from "./html.ts";
import { overview } from "./overview.ts";

/**
 * No script, no connection, no form; styles and drawings of the page itself only. The mails' frames
 * inherit it.
 */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** One file that shows every cadence as its readers will meet it. It needs no network and no script. */
export function htmlReport(cases: readonly PreviewCase[], workspace: Workspace): string {
  const cadences = [...Map.groupBy(cases, ({ version }) => version.id).values()];
  const { name } = workspace.policy;
  const style = readFileSync(join(import.meta.dirname, "report.css"), "utf8");
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        <title>Cadences of ${name}</title>
        <style>
          ${trusted(style)}
        </style>
      </head>
      <body>
        <header class="top">${masthead(cases, workspace)} ${themes()}</header>
        ${cadences.length === 0 ? null : overview(cadences)}
        <main>${cadences.map(cadence)}</main>
        <footer>
          Made by Cadenza from the files under review. Each step is assumed sent when due.
        </footer>
      </body>
    </html>`;
  return `${page.markup}\n`;
}

function masthead(cases: readonly PreviewCase[], { policy }: Workspace): Markup {
  const [first] = cases;
  const clock =
    policy.zone === "contact"
      ? `everyone by their own clock, else ${policy.timezone}`
      : `by the clock of ${policy.timezone}`;
  return html`<div>
    <h1>${policy.name}</h1>
    <p class="quiet">
      ${first === undefined ? NOTHING : `What is said if it begins ${longDate(first.preview.start)} · ${clock}`}
    </p>
  </div>`;
}

/** Radio buttons and style alone: without a script. */
function themes(): Markup {
  const choice = (id: string, name: string, checked: Markup | null) =>
    html`<label
      ><input type="radio" name="theme" id="_theme-${id}" ${checked} /><span>${name}</span></label
    >`;
  return html`<fieldset class="themes">
    <legend>Theme</legend>
    ${choice("auto", "Auto", html`checked`)} ${choice("light", "Light", null)}
    ${choice("dark", "Dark", null)}
  </fieldset>`;
}
