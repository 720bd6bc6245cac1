import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readConfig } from "../../cli/serve/config.ts";

/** The compose file is read as compose reads it, and each of its servers starts from what it says. */
const FILE = resolve(import.meta.dirname, "../../examples/compose/compose.yaml");
const GIVEN: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: "a-password",
  CADENZA_API_KEY: "a-key",
  CADENZA_SOURCE: "https://git.example.com/team/cadences.git",
};

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
  readonly volumes?: readonly string[];
}

describe("examples/compose/compose.yaml", () => {
  let services: Readonly<Record<string, Service>>;
  beforeAll(async () => {
    const text = await readFile(FILE, "utf8");
    services = parse(filled(text), { merge: true }).services;
  });

  test.each(["controller", "worker", "http"])("%s starts, and nothing is sent", (role) => {
    const { command = [], environment, stop_grace_period: grace } = services[role]!;
    expect(command.slice(0, 3)).toEqual(["serve", "--role", role]);
    const host = command[command.indexOf("--host") + 1];
    const options = command.includes("--host") ? { role, host: host! } : { role };
    const config = readConfig(options, environment, "/data");
    expect(config).toMatchObject({
      roles: new Set([role]),
      delivery: "outbox",
      databaseUrl: "postgres://cadenza:a-password@database:5432/cadenza",
      source: { url: GIVEN["CADENZA_SOURCE"] },
    });
    expect(grace).toBe("30s");
  });

  test("every setting of it is documented", async () => {
    const docs = await readFile(resolve(import.meta.dirname, "../../docs/operations.md"), "utf8");
    const names = ["controller", "worker", "http"].flatMap((role) =>
      Object.keys(services[role]!.environment),
    );
    expect(names.filter((name) => !docs.includes(`\`${name}\``))).toEqual([]);
  });

  test("no service goes without its database or keeps it inside of a container", () => {
    expect(services["database"]!.volumes).toEqual(["database:/var/lib/postgresql"]);
  });
});

/** `${NAME:-default}` and `${NAME:?}`. */
function filled(text: string): string {
  return text.replace(
    /\$\{(\w+):([?-])([^}]*)\}/g,
    (_, name: string, mark: string, other: string) => {
      const value = GIVEN[name];
      if (value === undefined && mark === "?") throw new Error(`${name} is needed`);
      return value ?? other;
    },
  );
}
