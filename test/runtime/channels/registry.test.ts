import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createChannels, type Channels } from "../../../runtime/channels/registry.ts";
import { resolveSecret, SecretMissing } from "../../../runtime/channels/secrets.ts";
import type { Inbox } from "../../../core/language/policy.ts";
import { delivery, mailbox } from "../../support/delivery.ts";
import { startScriptedSmtp } from "../../support/scripted-smtp.ts";

const VALUE = "hunter2";
const never = new AbortController().signal;
let dataDir: string;
let channels: Channels;
const warned: string[] = [];
const log = {
  info() {},
  warn: (_: string, data?: object) => void warned.push(JSON.stringify(data)),
  error() {},
};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cadenza-channels-"));
});
afterEach(async () => {
  warned.splice(0);
  await channels?.close();
  await rm(dataDir, { recursive: true, force: true });
});

function live(env: Record<string, string>, mode: "live" | "outbox" = "live"): Channels {
  channels = createChannels({ mode, dataDir, publicUrl: null, env }, log);
  return channels;
}

const send = (inbox: Inbox, on: Channels) => on.send(delivery({ inbox }), never);
const outbox = () => readdir(join(dataDir, "outbox")).catch(() => []);

describe("where a message goes", () => {
  test("without live delivery every inbox is the outbox, and no secret is asked for", async () => {
    const credentials = { password: "${env:CADENZA_SECRET_MISSING}" };
    const inbox = mailbox({ provider: "smtp", host: "smtp.example.com", credentials });
    expect(await send(inbox, live({}, "outbox"))).toMatchObject({ kind: "sent" });
    expect(await outbox()).toHaveLength(2);
  });

  test("with live delivery an outbox inbox still is one", async () => {
    expect(await send(mailbox(), live({}))).toMatchObject({ kind: "sent" });
    expect(await outbox()).toHaveLength(2);
  });

  test("with live delivery mail goes to the inbox's server", async () => {
    const server = await startScriptedSmtp();
    const inbox = mailbox({ provider: "smtp", host: "127.0.0.1", port: server.port });
    const result = await send(inbox, live({ CADENZA_ALLOWED_HOSTS: "other, 127.0.0.1" }));
    expect(result).toMatchObject({ kind: "sent" });
    expect(server.heard).toContain("content");
    expect(await outbox()).toEqual([]);
    await server.close();
  });

  test("an inbox that changes is opened anew", async () => {
    const [first, second] = [await startScriptedSmtp(), await startScriptedSmtp()];
    const on = live({ CADENZA_ALLOWED_HOSTS: "127.0.0.1" });
    for (const { port } of [first, second]) {
      await send(mailbox({ provider: "smtp", host: "127.0.0.1", port }), on);
    }
    expect(second.heard).toContain("content");
    await first.close();
    await second.close();
  });
});

describe("an inbox that cannot be used", () => {
  const host = "127.0.0.1";

  test.each<[string, Partial<Inbox>, string]>([
    ["a host that is not allowed", { host: "evil.example.com" }, "evil.example.com is not in"],
    ["no host", {}, "names no host"],
    [
      "a secret that is missing",
      { host, credentials: { user: "${env:CADENZA_SECRET_NONE}" } },
      "CADENZA_SECRET_NONE is not set",
    ],
  ])("%s: the message waits, and it is said once what to mend", async (_, given, message) => {
    const on = live({ CADENZA_ALLOWED_HOSTS: host });
    const inbox = mailbox({ provider: "smtp", ...given });
    for (let i = 0; i < 3; i++) {
      const result = await send(inbox, on);
      expect(result).toMatchObject({ kind: "snooze", code: "inbox_unusable" });
      expect(result).toHaveProperty("message", expect.stringContaining(message));
    }
    expect(warned).toHaveLength(1);
    expect(warned[0]).toContain(message);
  });

  test("a value that the provider's library refuses does not leave it open either", async () => {
    const credentials = {
      account_sid: "${env:CADENZA_SECRET_SID}",
      auth_token: "${env:CADENZA_SECRET_TOKEN}",
    };
    const inbox = mailbox({ channel: "sms", provider: "twilio", credentials });
    const env = { CADENZA_SECRET_SID: "not-a-sid", CADENZA_SECRET_TOKEN: "t" };
    const result = await send(inbox, live(env));
    expect(result).toMatchObject({ kind: "snooze", code: "inbox_unusable" });
  });

  test("once it is mended the message goes, without a restart", async () => {
    const server = await startScriptedSmtp();
    const env: Record<string, string> = {
      CADENZA_ALLOWED_HOSTS: host,
      CADENZA_SECRETS_DIR: dataDir,
    };
    const credentials = { user: "${file:user}", password: "${file:user}" };
    const inbox = mailbox({ provider: "smtp", host, port: server.port, credentials });
    const on = live(env);
    expect(await send(inbox, on)).toMatchObject({ kind: "snooze" });
    await writeFile(join(dataDir, "user"), "ana\n");
    expect(await send(inbox, on)).toMatchObject({ kind: "sent" });
    await server.close();
  });
});

describe("secrets", () => {
  test("come from the environment or from a file, without the file's last newline", async () => {
    await writeFile(join(dataDir, "smtp-password"), "from file\n");
    const env = { CADENZA_SECRET_A: "from env", CADENZA_SECRETS_DIR: dataDir };
    expect(await resolveSecret("${env:CADENZA_SECRET_A}", env)).toBe("from env");
    expect(await resolveSecret("${file:smtp-password}", env)).toBe("from file");
  });

  test.each([
    "${env:HOME}",
    "${env:DATABASE_URL}",
    "${env:CADENZA_API_KEY}",
    "${env:CADENZA_SECRET_}",
    "${env:CADENZA_SECRET_A} ",
    "${file:../key}",
    "${file:..}",
    "${file:/etc/passwd}",
    "${file:sub/key}",
    "${file:.hidden}",
    "a literal",
    "",
  ])("%j resolves to nothing, and the message tells no value", async (reference) => {
    const secrets = join(dataDir, "secrets");
    await mkdir(join(secrets, "sub"), { recursive: true });
    for (const path of ["key", "secrets/sub/key", "secrets/.hidden"]) {
      await writeFile(join(dataDir, path), VALUE);
    }
    const names = [
      "HOME",
      "DATABASE_URL",
      "CADENZA_API_KEY",
      "CADENZA_SECRET_",
      "CADENZA_SECRET_A",
    ];
    const values = Object.fromEntries(names.map((name) => [name, VALUE]));
    const error: unknown = await resolveSecret(reference, {
      ...values,
      CADENZA_SECRETS_DIR: secrets,
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecretMissing);
    expect(String(error)).not.toContain(VALUE);
  });
});
