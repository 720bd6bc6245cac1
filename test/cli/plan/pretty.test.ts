import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { plannedRepository, START, type Planned } from "./repository.ts";

let repository: Planned;
beforeEach(async () => {
  repository = await plannedRepository();
});
afterEach(() => repository.remove());

const persona = (id: string, email: string | null) =>
  `kind: Persona\nid: ${id}\ncontact: { first_name: ${id}, ${email === null ? "" : `email: ${email}`} }\n`;

/** The plan in a terminal, without what differs from run to run. */
async function planned(): Promise<string> {
  const { out } = await repository.plan("--start", START);
  return out.replaceAll(/[0-9a-f]{12}/g, "<commit>");
}

describe("in a terminal", () => {
  test("nothing to tell is told in one line", async () => {
    expect(await planned()).toMatch(/^Merging into main: nothing changes\n.*\n.*\n$/);
  });

  test("first what counts, then each sequence", async () => {
    await repository.edit("visit.yaml", "wait: 3 days", "wait: 2 days");
    expect(await planned()).toBe(`Merging into main: 1 changed, 1 breaking change
<commit>, with what is not committed yet into <commit>
timelines start Mon 2 Mar 2026 10:00 (+00:00)

Breaking changes
  ! wait-shortened visit: step ask comes sooner: 2 days, no longer 3 days (visit.yaml:14)
    → those who enroll from now on are written to sooner; who is under way keeps the old wait

~ visit  Visit: changed
  ~ ask  changed
      wait: 3 days → 2 days
  to ana
      hello  Mon 2 Mar 2026 10:00 (+00:00), email
    ~ ask  Thu 5 Mar 2026 10:00 (+00:00), email  →  Wed 4 Mar 2026 10:00 (+00:00), email
    ~ bye  Thu 12 Mar 2026 09:30 (+00:00), sms  →  Wed 11 Mar 2026 09:30 (+00:00), sms
`);
  });

  test("who gets the same is named together, and who gets nothing last", async () => {
    await repository.write({
      "zoe.yaml": persona("zoe", "zoe@example.com"),
      "nobody.yaml": persona("nobody", null),
    });
    await repository.edit("shared.yaml", "love", "like");
    const out = await planned();
    expect(out).toContain(`  to ana
      hello  Mon 2 Mar 2026 10:00 (+00:00), email
      ask  Thu 5 Mar 2026 10:00 (+00:00), email
          Subject: A word about your visit
          
        - We would love to hear how everything went yesterday.
        + We would like to hear how everything went yesterday.
`);
    expect(out).toContain(`      ask  Thu 5 Mar 2026 10:00 (+00:00), email
        the same words change as to ana
`);
    await repository.write({
      "zoe.yaml": persona("zoe", "zoe@example.com, phone: '+15550102', timezone: Europe/Lisbon"),
    });
    expect(await planned()).toContain("  to ana, zoe\n");
    await repository.edit("visit.yaml", "wait: 3 days", "wait: 2 days");
    expect(await planned()).toMatch(/\n {2}nothing is sent to nobody, before or after\n$/);
  });

  test("a message that is no longer sent is named by its first lines", async () => {
    const long = "\n        One.\n        Two.\n        Three.\n        Four.";
    const before = `Hello {{ contact.first_name | default("there") }}, welcome aboard our little harbour.`;
    await repository.edit("visit.yaml", `body: ${before}`, `body: |${long}`);
    await repository.git("commit", "--quiet", "-am", "Longer");
    await repository.git("branch", "--force", "main");
    await repository.edit("visit.yaml", /  - id: hello[^]*?(?=  - id: ask)/, "");
    const out = await planned();
    expect(out).toContain("    - hello  Mon 2 Mar 2026 10:00 (+00:00), email\n");
    expect(out).toContain(
      "        - Subject: Welcome aboard\n        - \n        - One.\n        - …\n",
    );
    expect(out).not.toContain("Two.");
  });

  test("a file cannot steer the terminal", async () => {
    await repository.edit("visit.yaml", "name: Visit", String.raw`name: "\e[31mred\a"`);
    await repository.edit("shared.yaml", "We would", String.raw`"\e[31mWe" would`);
    expect(await planned()).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
