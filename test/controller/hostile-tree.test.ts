import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readCommit } from "../../controller/commits.ts";
import { readFiles } from "../../controller/files.ts";
import { openGit, type Git } from "../../controller/git.ts";
import { sourceOf } from "../../controller/source.ts";
import { createRepository, type TestRepository } from "../support/git-remote.ts";

let repository: TestRepository;
let dataDir: string;
let git: Git;
beforeEach(async () => {
  repository = await createRepository();
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-data-"));
  const none = { branch: "main", path: "", token: null, sshKey: null, knownHosts: null };
  git = await openGit(sourceOf({ url: repository.path, ...none }), dataDir);
});
afterEach(async () => {
  await repository.remove();
  await rm(dataDir, { recursive: true, force: true });
});

const plumb = (args: readonly string[], input: string | Buffer): string =>
  execFileSync("git", args, { cwd: repository.path, input, encoding: "utf8" }).trim();
const blob = (text: string) => plumb(["hash-object", "-w", "--stdin"], text);

/** A tree as no git would make it: names are taken as they are. */
function tree(entries: readonly (readonly [mode: string, name: string | Buffer, id: string])[]) {
  const parts = entries.flatMap(([mode, name, id]) => [
    Buffer.from(`${mode} `),
    Buffer.from(name),
    Buffer.from([0]),
    Buffer.from(id, "hex"),
  ]);
  const args = ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"];
  return plumb(args, Buffer.concat(parts));
}

/** Makes a commit of it what the branch points to. */
async function push(root: string, message = "Hostile") {
  const who = ["-c", "user.name=A. Writer", "-c", "user.email=writer@example.com"];
  const sha = plumb([...who, "commit-tree", root], message);
  await repository.git("update-ref", "refs/heads/main", sha);
  return (await git.fetch()).head;
}

async function readNamed(name: string | Buffer) {
  const head = await push(tree([["100644", name, blob("kind: Sequence\n")]]));
  return readFiles(git, head, "");
}

describe("names", () => {
  test.each(["../x.yaml", "..", ".git/x.yaml", "a/../../x.yaml", ".x.yaml"])(
    "%s is not looked at",
    async (name) => {
      expect(await readNamed(name)).toEqual({ files: [], diagnostics: [] });
    },
  );

  test.each(["a\nb.yaml", "a\u001b[2J.yaml", "a\u009b.yaml"])(
    "%j is a finding that no terminal obeys",
    async (name) => {
      const { files, diagnostics } = await readNamed(name);
      expect(files).toEqual([]);
      expect(diagnostics).toMatchObject([
        { rule: "unreadable-file", message: expect.stringContaining("control character") },
      ]);
      expect(JSON.stringify(diagnostics)).not.toMatch(/\p{Cc}/u);
    },
  );

  test.each(['a "b" \\ $(touch x).yaml', "-x.yaml", ":(top).yaml", "c:\\x.yaml", "*.yaml"])(
    "%s is a name like any other",
    async (name) => {
      const { files } = await readNamed(name);
      expect(files).toEqual([{ path: name, text: "kind: Sequence\n" }]);
    },
  );

  test("one that is not UTF-8 is shown as far as it is", async () => {
    const { files } = await readNamed(Buffer.from([0x61, 0xff, 0x2e, 0x79, 0x6d, 0x6c]));
    expect(files).toEqual([{ path: "a\uFFFD.yml", text: "kind: Sequence\n" }]);
  });
});

describe("what a tree may hold", () => {
  test("a tree that unfolds to a billion files is a finding, and soon", async () => {
    let id = blob("kind: Sequence\n");
    for (let depth = 0; depth < 9; depth += 1) {
      const mode = depth === 0 ? "100644" : "40000";
      const end = depth === 0 ? ".yaml" : "";
      const inner = id;
      id = tree(Array.from({ length: 10 }, (_, index) => [mode, `${index}${end}`, inner] as const));
    }
    const { files, diagnostics } = await readFiles(git, await push(id), "");
    expect(files).toEqual([]);
    expect(diagnostics).toMatchObject([
      { rule: "unreadable-file", message: expect.stringContaining("more files than") },
    ]);
  });

  test("more files than are read is one finding", async () => {
    const id = blob("kind: Sequence\n");
    const names = Array.from({ length: 20_001 }, (_, index) => `${100_000 + index}.yaml`);
    const head = await push(tree(names.map((name) => ["100644", name, id] as const)));
    const { files, diagnostics } = await readFiles(git, head, "");
    expect(files).toEqual([]);
    expect(diagnostics).toMatchObject([{ message: expect.stringContaining("20001 files") }]);
  });

  test("attributes, filters and submodules of the repository run nothing", async () => {
    const ran = join(dataDir, "ran");
    await repository.git("config", "filter.evil.smudge", `touch ${ran}`);
    await writeFile(join(repository.path, ".git/hooks/post-index-change"), `touch ${ran}`);
    const head = await push(
      tree([
        ["100644", ".gitattributes", blob("*.yaml filter=evil export-subst ident\n")],
        ["100644", ".gitmodules", blob(`[submodule "x"]\n\tpath = x\n\turl = ext::touch ${ran}\n`)],
        ["100644", "a.yaml", blob("kind: $Id$ $Format:%H$\n")],
        ["160000", "x", "a".repeat(40)],
      ]),
    );
    const { files } = await readFiles(git, head, "");
    expect(files).toEqual([{ path: "a.yaml", text: "kind: $Id$ $Format:%H$\n" }]);
    expect(existsSync(ran)).toBe(false);
  });

  test("the same content under many names, and an empty file", async () => {
    const [same, empty] = [blob("kind: Sequence\n"), blob("")];
    const head = await push(
      tree([
        ["100644", "a.yaml", same],
        ["100755", "b.yaml", same],
        ["100644", "c.yaml", empty],
      ]),
    );
    const { files } = await readFiles(git, head, "");
    expect(files.map(({ path, text }) => [path, text.length])).toEqual([
      ["a.yaml", 15],
      ["b.yaml", 15],
      ["c.yaml", 0],
    ]);
  });
});

describe("what a commit may say", () => {
  test("texts without end are cut, and what a terminal would obey is taken out", async () => {
    const head = await push(tree([]), `\u001b[2J${"ä long subject ".repeat(100_000)}`);
    const { subject } = await readCommit(git, head);
    expect(subject.length).toBeLessThan(600);
    expect(subject).toMatch(/ä long subject .*\.\.$/);
    expect(subject).not.toMatch(/\p{Cc}/u);
  });

  test("nothing at all", async () => {
    const head = await push(tree([]), "");
    expect(await readCommit(git, head)).toMatchObject({
      subject: "",
      author: "A. Writer <writer@example.com>",
    });
  });

  test("an author that is not UTF-8", async () => {
    const who = Buffer.concat([Buffer.from("A"), Buffer.from([0xff, 0xfe]), Buffer.from("B")]);
    const line = (role: string) =>
      Buffer.concat([Buffer.from(`${role} `), who, Buffer.from(" <a@example.com> 1 +0000\n")]);
    const raw = [
      Buffer.from(`tree ${tree([])}\n`),
      line("author"),
      line("committer"),
      Buffer.from("\nx"),
    ];
    const args = ["hash-object", "-w", "-t", "commit", "--literally", "--stdin"];
    await repository.git("update-ref", "refs/heads/main", plumb(args, Buffer.concat(raw)));
    const { head } = await git.fetch();
    expect(await readCommit(git, head)).toMatchObject({
      author: expect.stringMatching(/^A.*B <a@example\.com>$/),
      committedAt: "1970-01-01T00:00:01.000Z",
    });
  });
});
