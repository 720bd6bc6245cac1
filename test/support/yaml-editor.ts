import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";

interface Position {
  readonly line: number;
  readonly character: number;
}

interface Suggestion {
  readonly label: string;
  readonly documentation?: string | { readonly value: string };
}

interface Mark {
  readonly message: string;
  readonly range: { readonly start: Position };
}

/** The language server that editors ask about YAML, without the editor. */
export interface YamlEditor {
  /** Opens a text as the file of that path; `|` in it is the cursor, and taken out. */
  open(path: string, text: string): Promise<OpenFile>;
  close(): Promise<void>;
}

interface OpenFile {
  complete(): Promise<readonly Suggestion[]>;
  /** The text shown over the cursor. */
  hover(): Promise<string>;
  /** What is marked in the file, as soon as the server says it. */
  readonly marks: readonly Mark[];
}

/** Starts the server. Every file says by itself which schema it follows. */
export async function startYamlEditor(): Promise<YamlEditor> {
  const home = dirname(createRequire(import.meta.url).resolve("yaml-language-server/package.json"));
  const server = spawn(process.execPath, [join(home, "bin/yaml-language-server"), "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const marked = new Map<string, (marks: readonly Mark[]) => void>();
  connection.onNotification(
    "textDocument/publishDiagnostics",
    ({ uri, diagnostics }: { uri: string; diagnostics: readonly Mark[] }) =>
      marked.get(uri)?.(diagnostics),
  );
  const settings = {
    validate: true,
    completion: true,
    hover: true,
    schemaStore: { enable: false },
  };
  connection.onRequest("workspace/configuration", ({ items }: { items: { section: string }[] }) =>
    items.map(({ section }) => (section === "yaml" ? settings : {})),
  );
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      textDocument: { publishDiagnostics: {}, completion: {}, hover: {} },
      workspace: { configuration: true },
    },
  });
  await connection.sendNotification("initialized", {});

  return {
    async open(path, text) {
      const uri = pathToFileURL(path).href;
      const offset = text.indexOf("|");
      const before = text.slice(0, Math.max(0, offset)).split("\n");
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      const marks = new Promise<readonly Mark[]>((resolve) => marked.set(uri, resolve));
      const written = offset < 0 ? text : text.slice(0, offset) + text.slice(offset + 1);
      await connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri, languageId: "yaml", version: 1, text: written },
      });
      const at = { textDocument: { uri }, position };
      return {
        marks: await marks,
        async complete() {
          const found = await connection.sendRequest<{ items: Suggestion[] }>(
            "textDocument/completion",
            at,
          );
          return found.items;
        },
        async hover() {
          const found = await connection.sendRequest<{ contents: { value: string } } | null>(
            "textDocument/hover",
            at,
          );
          return found?.contents.value ?? "";
        },
      };
    },
    async close() {
      await connection.sendRequest("shutdown");
      connection.end();
      connection.dispose();
      server.kill();
    },
  };
}
