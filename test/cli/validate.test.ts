import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cadenza } from "../support/cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cadenza-cli-"));
  await cp("cadences", join(folder, "cadences"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const broken = `kind: Sequence
id: broken
target: contact
steps:
  - id: a
    wait: 1 dya
    channel: email
    content: { subject: Hi, body: "Hello {{ contact.first_nme }}" }
`;

describe("validate", () => {
  test("what ships has no finding", async () => {
    const { code, out, err } = await cadenza(["validate"], { cwd: folder });
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toMatch(/^\d+ files: no findings\n$/);
  });

  test("every mistake at once, with place, frame and hint", async () => {
    await writeFile(join(folder, "cadences/sequences/broken.yaml"), broken);
    const { code, out, err } = await cadenza(["validate"], { cwd: folder });
    expect(code).toBe(1);
    expect(out).toContain("sequences/broken.yaml:6:11 error");
    expect(out).toContain("sequences/broken.yaml:8:");
    expect(out).toContain('did you mean "first_name"?');
    expect(err).toContain("2 errors, 0 warnings");
    expect(out).not.toContain("\u001b");
  });

  test.each([
    [".", "cadences/sequences/broken.yaml:6:11 error"],
    ["cadences/sequences", "broken.yaml:6:11 error"],
    ["cadences/personas", "../sequences/broken.yaml:6:11 error"],
  ])("a place is told so that it can be opened from %s", async (from, place) => {
    await writeFile(join(folder, "cadences/sequences/broken.yaml"), broken);
    const cwd = join(folder, from);
    const { out } = await cadenza(["validate"], { cwd });
    expect(out.startsWith(place), out).toBe(true);
    const { err } = await cadenza(["preview"], { cwd });
    expect(err.startsWith(place), err).toBe(true);
  });

  test("as JSON", async () => {
    await writeFile(join(folder, "cadences/sequences/broken.yaml"), broken);
    const { code, out, err } = await cadenza(["validate", "--output", "json"], { cwd: folder });
    const { diagnostics, summary } = JSON.parse(out) as { diagnostics: object[]; summary: object };
    expect({ code, err, summary }).toMatchObject({
      code: 1,
      err: "",
      summary: { errors: 2, warnings: 0 },
    });
    expect(diagnostics[0]).toEqual({
      rule: "wait",
      severity: "error",
      file: "sequences/broken.yaml",
      line: 6,
      column: 11,
      endLine: 6,
      endColumn: 16,
      message: expect.any(String),
      hint: expect.any(String),
    });
  });

  test("warnings pass, and are errors under --strict", async () => {
    const warned = broken.replace("1 dya", "1 day").replace("first_nme", "first_name");
    await writeFile(join(folder, "cadences/sequences/broken.yaml"), warned);
    const lax = await cadenza(["validate", "--output", "json"], { cwd: folder });
    expect(lax.code).toBe(0);
    expect(JSON.parse(lax.out)).toMatchObject({
      diagnostics: [{ rule: "blank-variable", severity: "warning" }],
    });
    const strict = await cadenza(["validate", "--strict", "--output", "json"], { cwd: folder });
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.out)).toMatchObject({
      diagnostics: [{ severity: "error" }],
      summary: { errors: 1 },
    });
  });

  test("only the paths asked for, from wherever", async () => {
    await writeFile(join(folder, "cadences/sequences/broken.yaml"), broken);
    const root = ["--root", join(folder, "cadences")];
    const other = await cadenza([...root, "validate", join(folder, "cadences/inboxes")]);
    expect(other.code).toBe(0);
    const own = await cadenza(["validate", join(folder, "cadences/sequences")]);
    expect(own.code).toBe(1);
    const inside = await cadenza(["validate", "broken.yaml"], {
      cwd: join(folder, "cadences/sequences"),
    });
    expect(inside.code).toBe(1);
  });

  test("a link is a finding and is not followed", async () => {
    await symlink("/etc/passwd", join(folder, "cadences/link.yaml"));
    const { code, out } = await cadenza(["validate"], { cwd: folder });
    expect(code).toBe(1);
    expect(out).toContain("link.yaml:1:1 error");
    expect(out).not.toContain("root:");
  });
});

describe("wrong usage is exit code 2 with one message that says what to do", () => {
  test.each([
    [["validate", "nowhere.yaml"], /nowhere.yaml does not exist/],
    [["--root", "nowhere", "validate"], /--root nowhere is not a folder/],
    [["vaildate"], /unknown command 'vaildate'[\s\S]*validate/],
    [["validate", "--outptu", "json"], /unknown option '--outptu'/],
    [["validate", "--output", "sariff"], /Allowed choices are/],
    [["preview", "welcom"], /no sequence welcom; did you mean welcome\?/],
    [["preview", "--persona", "nobody"], /no persona nobody/],
    [["preview", "--start", "yesterday"], /not an ISO 8601 instant/],
    [["preview", "--start", "+275760-09-13T00:00:00Z"], /not an ISO 8601 instant/],
    [["halt"], /name one scope/],
    [["enrollments", "explode", "x"], /explode is no action/],
    [["messages", "settle", "x"], /--as/],
    [["status"], /no API key/],
    [["serve", "--port", "http"], /a port is a number/],
    [["serve", "--role", "cook"], /there are controller, worker, http/],
    [["serve", "--role", "worker"], /set DATABASE_URL/],
  ])("%j", async (argv, message) => {
    const { code, out, err } = await cadenza(argv, { cwd: folder });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });

  test("a server that is not there", async () => {
    const env = { CADENZA_API_KEY: "k", CADENZA_SERVER: "http://127.0.0.1:1" };
    const { code, err } = await cadenza(["status"], { env });
    expect(code).toBe(2);
    expect(err).toMatch(/cannot reach http:\/\/127.0.0.1:1 .*is "cadenza serve" running\?/);
  });
});

test("help and version are fine", async () => {
  expect(await cadenza(["--version"])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  const { code, out } = await cadenza(["--help"]);
  expect(code).toBe(0);
  for (const command of ["validate", "preview", "serve", "enroll", "halt", "status", "reconcile"]) {
    expect(out).toContain(command);
  }
});
