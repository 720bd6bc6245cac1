import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { htmlReport } from "../../../cli/output/preview/html/report.ts";
import { markdownPreview } from "../../../cli/output/preview/markdown.ts";
import { formatPreview } from "../../../cli/output/preview/pretty.ts";
import { cadenza } from "../../support/cli.ts";
import { HOSTILE, previewsOf } from "../../support/previews.ts";

const argv = ["preview", "--root", "test/support/showcase", "--start", "2026-03-27T22:10"];

describe("preview for people", () => {
  test("pretty: channel and inbox, what moved it, what forces segments, conditions, AI", async () => {
    const { code, out } = await cadenza([...argv, "consulta", "--persona", "ana"]);
    expect(code).toBe(0);
    for (const line of [
      "booked  Sat 28 Mar 2026 08:00 (-03:00)  email by mail",
      "  immediately; moved from Fri 22:10, quiet hours",
      "lembrete  Tue 31 Mar 2026 09:30 (-03:00)  whatsapp by desk, template consulta-lembrete",
      "  │ [Como chegar → https://maps.example.com/beira-mar]",
      "  were the window open:",
      'sms by text, 2 segments, UCS-2 because of "ã", "ç"',
      '  not sent: its condition is false: appointment.status == "no_show"',
      "drafted by AI, approved by a person",
      "  not sent: held until agent.name is known",
    ]) {
      expect(out).toContain(line);
    }
  });

  test("markdown: a table of dates, messages folded below it", async () => {
    const { code, out } = await cadenza([
      ...argv,
      "consulta",
      "--persona",
      "ana",
      "--output",
      "markdown",
    ]);
    expect(code).toBe(0);
    expect(out).toContain(
      "### Consulta marcada `consulta` · Ana, who is coming on Friday week `ana`",
    );
    expect(out).toContain("| Tue 31 Mar 2026 09:30 (-03:00) | `lembrete` | WhatsApp by `desk` |");
    expect(out).toContain("<details><summary><code>vespera</code></summary>");
    expect(out.match(/<details>/g)).toHaveLength(4);
    expect(out.match(/<\/details>/g)).toHaveLength(4);
  });

  test("html: one document, without a script or an address that is fetched", async () => {
    const { code, out } = await cadenza([...argv, "--output", "html"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^<!doctype html>/);
    expect(out).toContain("default-src &#39;none&#39;");
    expect(out).not.toMatch(/<script|<link|<img|\ssrc=|@import|url\(/i);
    expect(out.match(/<iframe\s+sandbox=""/g)).toHaveLength(6);
  });
});

test("html: every id once, whatever cadences and people are called", async () => {
  const sequence = (id: string) =>
    `kind: Sequence\nid: ${id}\ntarget: contact\nsteps: [{ id: a, wait: immediately, channel: email, content: { subject: A, body: A. } }]\n`;
  const persona = (id: string) =>
    `kind: Persona\nid: ${id}\ncontact: { email: ${id}@example.com }\n`;
  const { cases, workspace } = await previewsOf(
    {
      "cadenza.yaml": "kind: Workspace\nname: A\ntimezone: UTC\n",
      "mail.yaml": "kind: Inbox\nid: mail\nchannel: email\nprovider: outbox\nfrom: a@example.com\n",
      ...Object.fromEntries(["a", "a--b", "theme-auto"].map((id) => [`${id}.yaml`, sequence(id)])),
      ...Object.fromEntries(["b", "title"].map((id) => [`${id}.yaml`, persona(id)])),
    },
    "2026-03-27T20:00:00Z",
  );
  const out = htmlReport(cases, workspace);
  const ids = [...out.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  expect(ids).toContain("a_b");
  expect(ids).toEqual([...new Set(ids)]);
  for (const [, target] of out.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
});

describe("--out", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cadenza-out-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("writes to a file, and nothing to standard output", async () => {
    const path = join(folder, "report.html");
    const ran = await cadenza([...argv, "--output", "html", "--out", path]);
    expect(ran).toMatchObject({ code: 0, out: "", err: `wrote ${path}\n` });
    expect(await readFile(path, "utf8")).toContain("</html>");
  });

  test("a file that cannot be written is wrong usage", async () => {
    const ran = await cadenza([...argv, "--out", join(folder, "no", "such", "folder.txt")]);
    expect(ran).toMatchObject({ code: 2, out: "" });
    expect(ran.err).toContain("cannot write --out");
  });
});

describe("hostile files", () => {
  const hostile = () => previewsOf(HOSTILE, "2026-03-27T20:00:00Z");
  const steering = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u;

  test("html: no tag or attribute of theirs", async () => {
    const { cases, workspace } = await hostile();
    const out = htmlReport(cases, workspace);
    const frames = /srcdoc="[^"]*"/g;
    expect(out.match(frames)).toHaveLength(2);
    const page = out.replace(frames, "");
    expect(page).not.toMatch(/<script|<\/iframe>"|<img|<b>ok/i);
    expect(page).not.toMatch(/<[^>"]*("[^"]*"[^>"]*)*\son\w+=/i);
    expect(out).not.toMatch(steering);
  });

  test("markdown: no markup, mention or fence of theirs outside of code", async () => {
    const { cases } = await hostile();
    const out = markdownPreview(cases);
    const prose = out.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, "").replace(/(`+)[^`]+\1/g, "");
    expect(prose).not.toMatch(/<script|<img|<\/iframe|<b>/i);
    expect(prose.match(/<\/?[a-z]+/g)?.every((tag) => /details|summary|code/.test(tag))).toBe(true);
    expect(out).not.toMatch(steering);
  });

  test("pretty: nothing steers the terminal", async () => {
    const { cases } = await hostile();
    expect(formatPreview(cases, false)).not.toMatch(steering);
  });
});
